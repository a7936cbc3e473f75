package dev.strixhalo.serve;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.NodeFacts;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
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

    /** One line per entry of a GID table: device, port, index, type, interface, GID; blank entries are left out. */
    private static final String GIDS = """
            for port in /sys/class/infiniband/*/ports/*; do
                [ -d "$port" ] || continue
                device=${port#/sys/class/infiniband/}
                layer=$(cat "$port/link_layer")
                for file in "$port"/gids/*; do
                    index=${file##*/}
                    gid=$(cat "$file" 2>/dev/null) || continue
                    [ "$gid" = 0000:0000:0000:0000:0000:0000:0000:0000 ] && continue
                    type=$(cat "$port/gid_attrs/types/$index" 2>/dev/null) || type=none
                    ndev=$(cat "$port/gid_attrs/ndevs/$index" 2>/dev/null) || ndev=none
                    printf '%s|%s|%s|%s|%s|%s|%s\\n' "${device%%/*}" "${port##*/}" "$index" "$layer" "$type" "$ndev" "$gid"
                done
            done
            """;

    static NodeNetwork of(NodeConnection connection, String cluster, Link link) throws StrixhaloException {
        var node = connection.node();
        var carrier = NodeFacts.look(connection, cluster, List.of()).fabric(node);
        if (!carrier.up()) {
            throw Problem.of("the fabric's interface %s is down: the other nodes cannot be reached."
                            .formatted(carrier.name()))
                    .found(carrier.toString())
                    .fix("see to the cable and the other end; then: sudo ip link set %s up".formatted(carrier.name()))
                    .asException();
        }
        var fabric = carrier.name();
        if (!link.rdma()) return new NodeNetwork(fabric, Optional.empty());
        var table = connection.run(RemoteCommand.script(GIDS)).orFail().out();
        return new NodeNetwork(
                fabric, Optional.of(port(table, link, node.fabric().address())));
    }

    /**
     * The entry of the GID tables that belongs to an address: on RoCE the one of type RoCE v2 whose IPv4-mapped address it
     * is; on InfiniBand index 0 of the one active port.
     */
    static RdmaPort port(List<String> table, Link link, String address) throws StrixhaloException {
        var found = new ArrayList<RdmaPort>();
        for (var line : table) {
            var fields = line.split("\\|", -1);
            if (fields.length != 7) continue;
            var port = new RdmaPort(fields[0], Integer.parseInt(fields[1]), Integer.parseInt(fields[2]));
            boolean fits = link == Link.ROCE
                    ? fields[4].equals("RoCE v2") && fields[6].equals(mapped(address))
                    : fields[3].equals("InfiniBand") && port.gidIndex() == 0;
            if (fits) found.add(port);
        }
        if (found.size() == 1) return found.get(0);
        var what = link == Link.ROCE
                ? "%s GID of type RoCE v2 belongs to the fabric address %s: RCCL would fall back to TCP in silence."
                        .formatted(found.isEmpty() ? "no" : "more than one", address)
                : "%s InfiniBand port was found.".formatted(found.isEmpty() ? "no" : "more than one");
        var problem = Problem.of(what);
        for (var line : table.isEmpty() ? List.of("no GID at all in /sys/class/infiniband") : table)
            problem = problem.found(line);
        throw problem.fix(
                        "see 'rdma link' there; a card in iWARP mode needs: devlink dev param set … name enable_roce value true")
                .fix("say <link>tcp</link> if there is no RDMA")
                .asException();
    }

    /** {@code 192.168.100.1} as the kernel writes it in a GID table: {@code 0000:…:ffff:c0a8:6401}. */
    private static String mapped(String address) {
        var parts = address.split("\\.", -1);
        return "0000:0000:0000:0000:0000:ffff:%02x%02x:%02x%02x"
                .formatted(
                        Integer.parseInt(parts[0]),
                        Integer.parseInt(parts[1]),
                        Integer.parseInt(parts[2]),
                        Integer.parseInt(parts[3]));
    }
}
