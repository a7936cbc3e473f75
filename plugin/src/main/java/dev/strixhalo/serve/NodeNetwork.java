package dev.strixhalo.serve;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.FabricFacts;
import dev.strixhalo.remote.NodeConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * By which interface and which RDMA port a node reaches the others; looked up at every launch, since names and GID indexes
 * change with the addresses on the port.
 *
 * @param fabricInterface name of the interface that carries the node's fabric address
 * @param rdma            its RDMA port; absent when the link is plain sockets
 */
record NodeNetwork(String fabricInterface, Optional<RdmaPort> rdma) {
    /**
     * Where RDMA leaves the node.
     *
     * @param device   for example {@code irdma0}
     * @param port     counted from 1
     * @param gidIndex index of the address in the port's table
     */
    record RdmaPort(String device, int port, int gidIndex) {}

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
                Optional.of(port(facts.demandPorts(), link, node.fabric().address())));
    }

    /**
     * The entry of the GID tables that belongs to an address: on RoCE the one of type RoCE v2 whose IPv4-mapped address it
     * is; on InfiniBand index 0 of the one active port.
     */
    static RdmaPort port(List<dev.strixhalo.host.RdmaPort> ports, Link link, String address) throws StrixhaloException {
        var found = new ArrayList<RdmaPort>();
        for (var port : ports) {
            if (link == Link.ROCE) {
                port.entriesOf(address)
                        .forEach(gid -> found.add(new RdmaPort(port.device(), port.port(), gid.index())));
            } else if (port.linkLayer().equals("InfiniBand")
                    && port.gids().stream().anyMatch(gid -> gid.index() == 0)) {
                found.add(new RdmaPort(port.device(), port.port(), 0));
            }
        }
        if (found.size() == 1) return found.get(0);
        var what = link == Link.ROCE
                ? "%s GID of type RoCE v2 belongs to the fabric address %s: RCCL would fall back to TCP in silence."
                        .formatted(found.isEmpty() ? "no" : "more than one", address)
                : "%s InfiniBand port was found.".formatted(found.isEmpty() ? "no" : "more than one");
        var problem = Problem.of(what);
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
