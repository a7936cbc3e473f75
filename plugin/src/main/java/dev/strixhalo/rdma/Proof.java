package dev.strixhalo.rdma;

import dev.strixhalo.base.Amount;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.Reading;
import dev.strixhalo.rdma.RcclLog.Network;
import dev.strixhalo.rdma.Traffic.PortTraffic;
import dev.strixhalo.rdma.Verdict.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * From the counters of all nodes and RCCL's own words to a verdict. Either alone can deceive: RCCL may have chosen RDMA for
 * a communicator that carries nothing, and a port may have moved somebody else's bytes. RDMA is proved when they agree on
 * every node, and the bytes reach half of what the answer must have moved, both ways.
 */
public final class Proof {
    /**
     * Below this other interfaces are not named: our own SSH and a desktop's chatter reach that in a few seconds. Above it
     * and above half of what the answer must have moved, both ways, they carried what the fabric should have carried.
     */
    static final long LAN_CHATTER = 256 * 1024;

    private final Link link;
    private final List<Rank> ranks;
    private final Expectation expected;

    private Proof(Link link, List<Rank> ranks, Expectation expected) {
        this.link = link;
        this.ranks = List.copyOf(ranks);
        this.expected = expected;
    }

    /**
     * Judges.
     *
     * @param link     what the cluster is said to have
     * @param ranks    nodes that hold a rank
     * @param expected what the answer must have moved
     */
    public static Verdict judge(Link link, List<Rank> ranks, Expectation expected) {
        if (ranks.size() < 2) {
            return new Verdict(Outcome.NOTHING, true, "one node: nothing to prove", 0, List.of());
        }
        return new Proof(link, ranks, expected).verdict();
    }

    private Verdict verdict() {
        var fallen =
                ranks.stream().filter(r -> r.log().network() == Network.SOCKET).toList();
        boolean allRdma = ranks.stream().allMatch(r -> r.log().network() == Network.IB);
        if (allRdma) return rdma();
        if (link == Link.TCP) return tcp();
        if (!fallen.isEmpty()) {
            var how = fallen.stream()
                    .map(r -> "%s: RCCL says '%s'".formatted(r.node(), r.log().why()))
                    .collect(Collectors.joining("; "));
            return verdict(Outcome.TCP, false, "TCP; " + how);
        }
        var silent = ranks.stream()
                .filter(r -> r.log().network() == Network.UNKNOWN)
                .map(r -> "%s: %s".formatted(r.node(), r.log().why()))
                .collect(Collectors.joining("; "));
        if (expected.known() && ranks.stream().allMatch(r -> portTooQuiet(r).isPresent() && overFabric(r))) {
            return verdict(
                    Outcome.TCP,
                    false,
                    "TCP; the answer's bytes went through the fabric's interfaces, and the RDMA ports stood still (%s)"
                            .formatted(silent));
        }
        return verdict(Outcome.NOT_PROVABLE, false, silent);
    }

    private Verdict rdma() {
        var quiet = new ArrayList<String>();
        for (var rank : ranks) {
            portTooQuiet(rank).ifPresent(why -> quiet.add(rank.node() + ": " + why + unread(rank)));
        }
        if (!quiet.isEmpty()) {
            return verdict(
                    Outcome.NOT_PROVABLE,
                    false,
                    "RCCL says NET/IB on %s, but %s".formatted(devices(), String.join("; ", quiet)));
        }
        if (link == Link.TCP) {
            return verdict(
                    Outcome.RDMA,
                    false,
                    "RDMA, NET/IB on %s; <link> says tcp, for which deploy demands neither devices nor locked memory"
                            .formatted(devices()));
        }
        return verdict(Outcome.RDMA, true, "NET/IB on %s; %s; LAN %s".formatted(devices(), moved(), lan()));
    }

    private Verdict tcp() {
        // RCCL's names of interfaces are no evidence where there is no RCCL: gloo on processors without GPUs.
        for (var rank : ranks) {
            var elsewhere = rank.log().devices().stream()
                    .filter(name -> rank.log().network() == Network.SOCKET && !name.equals(rank.fabricInterface()))
                    .toList();
            if (!elsewhere.isEmpty()) {
                return verdict(
                        Outcome.TCP,
                        false,
                        "TCP, but %s: RCCL uses %s, while the fabric is %s"
                                .formatted(rank.node(), String.join(", ", elsewhere), rank.fabricInterface()));
            }
        }
        var missing = new ArrayList<String>();
        for (var rank : ranks) {
            var fabric = fabric(rank);
            if (fabric.find().isEmpty()) missing.add("%s: %s".formatted(rank.node(), fabric.reason()));
            else if (!overFabric(rank))
                missing.add("%s: %s went through %s"
                        .formatted(rank.node(), eachWay(fabric.find().get().eachWay()), rank.fabricInterface()));
        }
        if (missing.isEmpty()) {
            var interfaces = ranks.stream().map(Rank::fabricInterface).collect(Collectors.joining(" | "));
            long least = ranks.stream().mapToLong(r -> eachWay(fabric(r))).min().orElse(0);
            return verdict(
                    Outcome.TCP,
                    true,
                    "%s; %s during the answer%s; LAN %s".formatted(interfaces, eachWay(least), unknownSize(), lan()));
        }
        var why = String.join("; ", missing) + demanded();
        var warnings = warnings();
        return warnings.isEmpty()
                ? verdict(Outcome.NOT_PROVABLE, false, why)
                : verdict(Outcome.TCP, false, "TCP, but not over the fabric: " + why);
    }

    private Verdict verdict(Outcome outcome, boolean wanted, String evidence) {
        return new Verdict(outcome, wanted, evidence, expected.bytes(), warnings());
    }

    /** Traffic on other interfaces that should have been on the fabric. */
    private List<String> warnings() {
        var warnings = new ArrayList<String>();
        long limit = Math.max(LAN_CHATTER, expected.known() ? expected.enoughBytes() : 4 * LAN_CHATTER);
        for (var rank : ranks) {
            rank.traffic().interfaces().forEach((name, moved) -> {
                if (name.equals(rank.fabricInterface())) return;
                long each = eachWay(moved);
                if (each >= limit) {
                    warnings.add("%s: %s went through %s during the answer, which is not the fabric (%s)."
                            .formatted(rank.node(), eachWay(each), name, rank.fabricInterface()));
                }
            });
        }
        warnings.sort(String::compareTo);
        return warnings;
    }

    /** Why the counters of a rank's RDMA ports do not bear out that the answer went through them; nothing when they do. */
    private Optional<String> portTooQuiet(Rank rank) {
        var names = ports(rank);
        if (names.isEmpty()) return Optional.of("no RDMA port is known");
        long bytes = 0;
        boolean bytesKnown = true;
        long packets = 0;
        String why = null;
        for (var name : names) {
            var port = rank.traffic().ports().get(name);
            if (port == null) return Optional.of("the node has no RDMA port " + name);
            if (port.bytes().find().isPresent()) {
                bytes += port.bytes().find().get().eachWay();
                continue;
            }
            bytesKnown = false;
            if (port.packets().find().isEmpty()) why = port.bytes().reason();
            else packets += port.packets().find().get().eachWay();
        }
        if (why != null) return Optional.of("that cannot be proved: " + why);
        if (bytesKnown) {
            if (bytes >= expected.enoughBytes()) return Optional.empty();
            return Optional.of("%s went through %s%s".formatted(eachWay(bytes), String.join(", ", names), demanded()));
        }
        if (packets >= expected.enoughPackets()) return Optional.empty();
        return Optional.of("%d packets each way went through %s%s"
                .formatted(
                        packets,
                        String.join(", ", names),
                        expected.known()
                                ? "; the answer's %d all-reduces take one each at least, half of it was demanded"
                                        .formatted(expected.messages())
                                : demanded()));
    }

    /** The ports that RCCL names; without its word the one that it was given. */
    private static List<String> ports(Rank rank) {
        if (rank.log().network() == Network.IB) return rank.log().devices();
        return rank.rdma() == null ? List.of() : List.of(rank.rdma().port());
    }

    /** The first of the files that could not be read: what a verdict lacks may have stood there. */
    private static String unread(Rank rank) {
        var gone = rank.traffic().gone();
        if (gone.isEmpty()) return "";
        return " (%d %s not be read, %s first)"
                .formatted(gone.size(), gone.size() == 1 ? "counter could" : "counters could", gone.get(0));
    }

    private boolean overFabric(Rank rank) {
        return fabric(rank).find().isPresent() && eachWay(fabric(rank)) >= expected.enoughBytes();
    }

    private static Reading<Amounts> fabric(Rank rank) {
        var moved = rank.traffic().interfaces().get(rank.fabricInterface());
        return moved == null ? Reading.absent("there is no interface " + rank.fabricInterface()) : moved;
    }

    /** {@code irdma0:1 GID 1 | irdma0:1 GID 3}. */
    private String devices() {
        return ranks.stream()
                .map(rank -> {
                    var names = String.join(",", ports(rank));
                    var pinned = rank.rdma();
                    return pinned != null && names.equals(pinned.port())
                            ? "%s GID %d".formatted(names, pinned.gidIndex())
                            : names;
                })
                .collect(Collectors.joining(" | "));
    }

    /** What went through the RDMA ports, of the node that moved least. */
    private String moved() {
        long bytes = Long.MAX_VALUE;
        long packets = Long.MAX_VALUE;
        for (var rank : ranks) {
            for (var name : ports(rank)) {
                PortTraffic port = rank.traffic().ports().get(name);
                if (port == null) continue;
                if (port.bytes().find().isPresent()) bytes = Math.min(bytes, eachWay(port.bytes()));
                else packets = Math.min(packets, eachWay(port.packets()));
            }
        }
        var parts = new ArrayList<String>();
        if (bytes < Long.MAX_VALUE) parts.add("%s during the answer".formatted(eachWay(bytes)));
        if (packets < Long.MAX_VALUE)
            parts.add("%d packets each way during the answer (the driver counts no bytes)".formatted(packets));
        return String.join(", ", parts) + unknownSize();
    }

    /** The most that another interface of any node moved one way. */
    private String lan() {
        long most = 0;
        for (var rank : ranks) {
            for (var moved : rank.traffic().interfaces().entrySet()) {
                if (moved.getKey().equals(rank.fabricInterface())) continue;
                var amounts = moved.getValue().find();
                if (amounts.isPresent())
                    most = Math.max(
                            most, Math.max(amounts.get().in(), amounts.get().out()));
            }
        }
        return Amount.bytes(most);
    }

    private String demanded() {
        return expected.known()
                ? "; the answer moves %s at least, half of it was demanded".formatted(eachWay(expected.bytes()))
                : "; how much the answer moves is not known (%s)".formatted(expected.why());
    }

    private String unknownSize() {
        return expected.known() ? "" : " (how much it had to be is not known: %s)".formatted(expected.why());
    }

    private static long eachWay(Reading<Amounts> moved) {
        return moved.find().map(Amounts::eachWay).orElse(0L);
    }

    private static String eachWay(long bytes) {
        return Amount.bytes(bytes) + " each way";
    }
}
