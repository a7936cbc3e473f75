package dev.strixhalo.host;

import dev.strixhalo.cluster.Link;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * The port of a verbs device through which a node reaches the others, found anew each time: the index moves when addresses
 * come and go.
 *
 * @param device   for example {@code irdma0}
 * @param port     counted from 1
 * @param gidIndex of the fabric address in its table; empty on InfiniBand, which needs none
 */
public record FabricPort(String device, int port, OptionalInt gidIndex) {
    /**
     * The one that a node has, or why there is none.
     *
     * @param all     the node's ports
     * @param carrier name of the interface that carries the fabric address; empty when none does
     * @param address of the node on the fabric
     */
    public static Reading<FabricPort> of(List<RdmaPort> all, String carrier, Link link, String address) {
        return link == Link.INFINIBAND ? infiniband(all, carrier) : roce(all, address);
    }

    private static Reading<FabricPort> roce(List<RdmaPort> all, String address) {
        var found = all.stream()
                .flatMap(port -> port.entriesOf(address).stream()
                        .map(gid -> new FabricPort(port.device(), port.port(), OptionalInt.of(gid.index()))))
                .toList();
        if (found.size() > 1) {
            return Reading.absent("%d entries of the address tables hold %s as RoCE v2: %s"
                    .formatted(found.size(), address, names(found)));
        }
        if (found.isEmpty()) {
            return Reading.absent(
                    all.isEmpty()
                            ? "there is no verbs device"
                            : "no entry of an address table holds %s as RoCE v2".formatted(address));
        }
        return active(found.get(0), all);
    }

    private static Reading<FabricPort> infiniband(List<RdmaPort> all, String carrier) {
        var layer = all.stream()
                .filter(port -> port.linkLayer().equals("InfiniBand"))
                .toList();
        var mine =
                layer.stream().filter(port -> port.netdevs().contains(carrier)).toList();
        // Without IPoIB no interface tells whose port it is; a single one needs no telling.
        var found = (mine.isEmpty() ? layer : mine)
                .stream()
                        .map(port -> new FabricPort(port.device(), port.port(), OptionalInt.empty()))
                        .toList();
        if (found.isEmpty()) return Reading.absent("there is no InfiniBand port");
        if (found.size() > 1)
            return Reading.absent("%d InfiniBand ports could be meant: %s".formatted(found.size(), names(found)));
        return active(found.get(0), all);
    }

    private static Reading<FabricPort> active(FabricPort found, List<RdmaPort> all) {
        for (var port : all) {
            if (port.device().equals(found.device) && port.port() == found.port && !port.active()) {
                return Reading.absent("%s is %s, %s".formatted(port.name(), port.state(), port.physicalState()));
            }
        }
        return Reading.of(found);
    }

    private static String names(List<FabricPort> ports) {
        return ports.stream().map(FabricPort::toString).collect(Collectors.joining(", "));
    }

    /** {@code irdma0:1}, as in its counters. */
    public String name() {
        return device + ":" + port;
    }

    /**
     * As {@code NCCL_IB_HCA} takes it: with {@code =} in front it is this device alone, else every one whose name begins
     * so, {@code irdma10} for {@code irdma1} (NCCL documentation, environment variables).
     */
    public String hca() {
        return "=" + name();
    }

    /** {@code irdma0:1 GID 3}. */
    @Override
    public String toString() {
        return name() + (gidIndex.isPresent() ? " GID " + gidIndex.getAsInt() : "");
    }
}
