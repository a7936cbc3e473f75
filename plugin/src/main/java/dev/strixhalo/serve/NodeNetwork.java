package dev.strixhalo.serve;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.FabricFacts;
import dev.strixhalo.host.FabricPort;
import dev.strixhalo.host.RdmaPort;
import dev.strixhalo.remote.NodeConnection;
import java.util.List;
import java.util.Optional;

/**
 * By which interface and which RDMA port a node reaches the others; looked up at every launch, since names and GID indexes
 * change with the addresses on the port.
 *
 * @param fabricInterface name of the interface that carries the node's fabric address
 * @param rdma            its RDMA port; absent when the link is plain sockets
 */
record NodeNetwork(String fabricInterface, Optional<FabricPort> rdma) {
    static NodeNetwork of(NodeConnection connection, Link link) throws StrixhaloException {
        var node = connection.node();
        var facts = FabricFacts.look(connection);
        var carrier = facts.fabric(node);
        if (!carrier.up()) {
            throw Problem.of("the fabric's interface %s is down: the other nodes cannot be reached."
                            .formatted(carrier.name()))
                    .found(carrier.toString())
                    .fix("see to the cable and the other end; then: sudo ip link set %s up".formatted(carrier.name()))
                    .asException();
        }
        var fabric = carrier.name();
        if (!link.rdma()) return new NodeNetwork(fabric, Optional.empty());
        return new NodeNetwork(
                fabric,
                Optional.of(
                        port(facts.demandPorts(), fabric, link, node.fabric().address())));
    }

    /** The port that holds the fabric address; without one there is an error that shows what the tables hold. */
    static FabricPort port(List<RdmaPort> ports, String carrier, Link link, String address) throws StrixhaloException {
        var found = FabricPort.of(ports, carrier, link, address);
        if (found.value() != null) return found.value();
        var problem = Problem.of(
                        "there is no RDMA port for the fabric address %s: RCCL would fall back to TCP in silence."
                                .formatted(address))
                .found(found.reason());
        boolean none = true;
        for (var port : ports) {
            for (var gid : port.gids()) {
                none = false;
                problem = problem.found("%s index %d %s %s"
                        .formatted(
                                port.name(),
                                gid.index(),
                                gid.type().isEmpty() ? "without a type (iWARP)" : gid.type(),
                                gid.address()));
            }
        }
        if (none) problem = problem.found("no GID at all in /sys/class/infiniband");
        throw problem.fix(
                        "see 'rdma link' there; a card in iWARP mode needs: devlink dev param set … name enable_roce value true")
                .fix("say <link>tcp</link> if there is no RDMA")
                .asException();
    }
}
