package dev.strixhalo.rdma;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.Reading;
import dev.strixhalo.rdma.Verdict.Outcome;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The verdict, from what ports and interfaces moved and what RCCL said. */
class ProofTest {
    /** Llama 3.1 8B: 32 layers of 4096 values of two bytes, 64 tokens: 33.6 MB each way. */
    private static final Expectation LLAMA = Expectation.of(32, 4096, 2, 64);

    private static final RcclLog IB = new RcclLog(RcclLog.Network.IB, List.of("irdma0:1"), "Using network IB");
    private static final RcclLog SOCKET =
            new RcclLog(RcclLog.Network.SOCKET, List.of("fab0"), "Channel 00/0 : 0[0] -> 1[0] [send] via NET/Socket/0");
    private static final RcclLog SILENT = RcclLog.unknown("RCCL wrote no log");
    private static final long MB = 1_000_000;

    @Test
    void anAnswersShareIsTwoSumsPerLayerAndToken() {
        assertThat(LLAMA.bytes()).isEqualTo(2L * 32 * 4096 * 2 * 64);
        assertThat(LLAMA.messages()).isEqualTo(4096);
        assertThat(LLAMA.enoughBytes()).isEqualTo(LLAMA.bytes() / 2);
    }

    @Test
    void rdmaIsProvedWhenLogAndCountersAgreeOnAllNodes() {
        var verdict = roce(
                rank("node1", 1, bytes(42 * MB, 41_800_000), 2 * MB, 100_000, IB),
                rank("node2", 3, bytes(43 * MB, 44 * MB), 2 * MB, 90_000, IB));

        assertThat(verdict.outcome()).isEqualTo(Outcome.RDMA);
        assertThat(verdict.wanted()).isTrue();
        assertThat(verdict.warnings()).isEmpty();
        assertThat(verdict.told())
                .isEqualTo(
                        "proved: NET/IB on irdma0:1 GID 1 | irdma0:1 GID 3; 42 MB each way during the answer; LAN 100 kB");
    }

    @Test
    void halfOfTheBytesIsTheLimitAndOneWayIsNotBoth() {
        long half = LLAMA.bytes() / 2;
        var other = rank("node2", 3, bytes(half, half), 0, 0, IB);

        assertThat(roce(rank("node1", 1, bytes(half, half), 0, 0, IB), other).outcome())
                .isEqualTo(Outcome.RDMA);
        var less = roce(rank("node1", 1, bytes(half - 1, 90 * MB), 0, 0, IB), other);
        assertThat(less.outcome()).isEqualTo(Outcome.NOT_PROVABLE);
        assertThat(less.told())
                .isEqualTo("NOT PROVED: RCCL says NET/IB on irdma0:1 GID 1 | irdma0:1 GID 3, but node1: 17 MB each way "
                        + "went through irdma0:1; the answer moves 34 MB each way at least, half of it was demanded");
    }

    @Test
    void oneNodeThatFellBackIsTcpWhateverTheOtherSays() {
        var verdict = roce(
                rank("node1", 1, bytes(42 * MB, 42 * MB), 0, 0, IB),
                rank("node2", 3, bytes(42 * MB, 42 * MB), 0, 0, SOCKET));

        assertThat(verdict.outcome()).isEqualTo(Outcome.TCP);
        assertThat(verdict.wanted()).isFalse();
        assertThat(verdict.evidence())
                .isEqualTo("TCP; node2: RCCL says 'Channel 00/0 : 0[0] -> 1[0] [send] via NET/Socket/0'");
    }

    @Test
    void withoutRcclsWordRdmaIsNotProved() {
        var verdict = roce(
                rank("node1", 1, bytes(42 * MB, 42 * MB), 0, 0, IB),
                rank("node2", 3, bytes(42 * MB, 42 * MB), 0, 0, SILENT));

        assertThat(verdict.outcome()).isEqualTo(Outcome.NOT_PROVABLE);
        assertThat(verdict.told()).isEqualTo("NOT PROVED: node2: RCCL wrote no log");
    }

    @Test
    void portsThatStoodStillWhileTheInterfacesMovedAreTcp() {
        var verdict = roce(
                rank("node1", 1, bytes(0, 0), 40 * MB, 0, SILENT), rank("node2", 3, bytes(0, 0), 40 * MB, 0, SILENT));

        assertThat(verdict.outcome()).isEqualTo(Outcome.TCP);
        assertThat(verdict.evidence()).contains("the RDMA ports stood still", "RCCL wrote no log");
    }

    @Test
    void softRocesPacketsProveItWithRcclsWord() {
        assertThat(roce(
                                rank("node1", 1, packets(4000, 4100), 0, 0, IB),
                                rank("node2", 1, packets(4100, 4000), 0, 0, IB))
                        .told())
                .isEqualTo(
                        "proved: NET/IB on irdma0:1 GID 1 | irdma0:1 GID 1; 4000 packets each way during the answer (the driver counts no bytes); LAN 0 B");
        // Fewer packets than half of the all-reduces cannot have carried them.
        assertThat(roce(
                                rank("node1", 1, packets(2047, 4100), 0, 0, IB),
                                rank("node2", 1, packets(4100, 4000), 0, 0, IB))
                        .evidence())
                .contains(
                        "node1: 2047 packets each way went through irdma0:1; the answer's 4096 all-reduces take one each");
    }

    @Test
    void aCounterThatCannotBeTrustedProvesNothing() {
        Reading<Amounts> reset = Reading.absent("ip4InOctets of irdma0 went from 9 to 1: it was reset, or ran over");
        var port = new Traffic.PortTraffic("ice", reset, reset);

        var verdict = roce(rank("node1", 1, port, 0, 0, IB), rank("node2", 1, port, 0, 0, IB));

        assertThat(verdict.outcome()).isEqualTo(Outcome.NOT_PROVABLE);
        assertThat(verdict.evidence()).contains("went from 9 to 1", "node1:", "node2:");
    }

    @Test
    void filesThatCouldNotBeReadAreNamed() {
        var gone = "class/infiniband/irdma0/ports/1/hw_counters/ip4InOctets";
        var blind = new Rank("node1", "fab0", null, new Traffic(Map.of(), interfaces(0, 0), List.of(gone)), IB);

        assertThat(roce(blind, rank("node2", 1, bytes(42 * MB, 42 * MB), 0, 0, IB))
                        .evidence())
                .endsWith("node1: the node has no RDMA port irdma0:1 (1 counter could not be read, %s first)"
                        .formatted(gone));
    }

    @Test
    void anotherDeviceThanOursIsLookedUpByItsName() {
        var other = new RcclLog(RcclLog.Network.IB, List.of("irdma9:1"), "Using network IB");

        assertThat(roce(
                                rank("node1", 1, bytes(42 * MB, 42 * MB), 0, 0, other),
                                rank("node2", 1, bytes(42 * MB, 42 * MB), 0, 0, IB))
                        .evidence())
                .contains("node1: the node has no RDMA port irdma9:1");
    }

    @Test
    void aModelOfUnknownSizeIsProvedByLogAndMovementAndSaysSo() {
        var verdict = Proof.judge(
                Link.ROCE,
                List.of(rank("node1", 1, bytes(10, 10), 0, 0, IB), rank("node2", 3, bytes(10, 10), 0, 0, IB)),
                Expectation.unknown("config.json names no hidden_size"));

        assertThat(verdict.outcome()).isEqualTo(Outcome.RDMA);
        assertThat(verdict.evidence()).contains("how much it had to be is not known: config.json names no hidden_size");
        assertThat(verdict.expected()).isEqualTo(-1);
        assertThat(Proof.judge(
                                Link.ROCE,
                                List.of(
                                        rank("node1", 1, bytes(0, 10), 0, 0, IB),
                                        rank("node2", 3, bytes(10, 10), 0, 0, IB)),
                                Expectation.unknown("config.json names no hidden_size"))
                        .outcome())
                .isEqualTo(Outcome.NOT_PROVABLE);
    }

    @Test
    void aPlainLinkIsProvedByTheFabricsInterface() {
        // The bed's model: two layers of 128 floats.
        var verdict = tcp(rank("node1", 400_000, 30_000, SILENT), rank("node2", 420_000, 20_000, SILENT));

        assertThat(verdict.outcome()).isEqualTo(Outcome.TCP);
        assertThat(verdict.wanted()).isTrue();
        assertThat(verdict.warnings()).isEmpty();
        assertThat(verdict.told()).isEqualTo("proved: fab0 | fab0; 400 kB each way during the answer; LAN 30 kB");
        assertThat(tcp(rank("node1", 400_000, 0, SOCKET), rank("node2", 400_000, 0, SOCKET))
                        .wanted())
                .isTrue();
    }

    @Test
    void aPlainLinkThatStoodStillIsNotProved() {
        var verdict = tcp(rank("node1", 60_000, 9_000, SILENT), rank("node2", 400_000, 9_000, SILENT));

        assertThat(verdict.outcome()).isEqualTo(Outcome.NOT_PROVABLE);
        assertThat(verdict.told())
                .isEqualTo("NOT PROVED: node1: 60 kB each way went through fab0; the answer moves 131 kB each way at "
                        + "least, half of it was demanded");
    }

    @Test
    void trafficOverTheLanIsNamed() {
        var verdict = tcp(rank("node1", 1_000, 900_000, SILENT), rank("node2", 1_000, 900_000, SILENT));

        assertThat(verdict.outcome()).isEqualTo(Outcome.TCP);
        assertThat(verdict.wanted()).isFalse();
        assertThat(verdict.evidence()).startsWith("TCP, but not over the fabric: node1: 1.0 kB each way");
        assertThat(verdict.warnings())
                .containsExactly(
                        "node1: 900 kB each way went through eno1 during the answer, which is not the fabric (fab0).",
                        "node2: 900 kB each way went through eno1 during the answer, which is not the fabric (fab0).");
    }

    @Test
    void rcclsSocketsOnAnotherInterfaceAreNoFabric() {
        var elsewhere = new RcclLog(RcclLog.Network.SOCKET, List.of("eno1"), "Using network Socket");

        assertThat(tcp(rank("node1", 400_000, 0, elsewhere), rank("node2", 400_000, 0, elsewhere))
                        .told())
                .isEqualTo("NOT PROVED: TCP, but node1: RCCL uses eno1, while the fabric is fab0");
    }

    @Test
    void rdmaOnALinkThatPromisesNoneIsToldAsWhatItIs() {
        var verdict = Proof.judge(
                Link.TCP,
                List.of(
                        rank("node1", 1, bytes(42 * MB, 42 * MB), 0, 0, IB),
                        rank("node2", 1, bytes(42 * MB, 42 * MB), 0, 0, IB)),
                LLAMA);

        assertThat(verdict.outcome()).isEqualTo(Outcome.RDMA);
        assertThat(verdict.wanted()).isFalse();
        assertThat(verdict.evidence()).contains("<link> says tcp");
    }

    @Test
    void oneNodeHasNothingToProve() {
        var verdict = Proof.judge(Link.ROCE, List.of(rank("node1", 1, bytes(0, 0), 0, 0, SILENT)), LLAMA);

        assertThat(verdict.outcome()).isEqualTo(Outcome.NOTHING);
        assertThat(verdict.wanted()).isTrue();
        assertThat(verdict.told()).isEqualTo("one node: nothing to prove");
    }

    private static Verdict roce(Rank... ranks) {
        return Proof.judge(Link.ROCE, List.of(ranks), LLAMA);
    }

    private static Verdict tcp(Rank... ranks) {
        return Proof.judge(Link.TCP, List.of(ranks), Expectation.of(2, 128, 4, 64));
    }

    private static Traffic.PortTraffic bytes(long in, long out) {
        return new Traffic.PortTraffic("ice", Reading.of(new Amounts(in, out)), Reading.absent("not asked"));
    }

    private static Traffic.PortTraffic packets(long in, long out) {
        return new Traffic.PortTraffic(
                "rxe", Reading.absent("rxe0's driver rxe counts no bytes"), Reading.of(new Amounts(in, out)));
    }

    private static Rank rank(String node, int gid, Traffic.PortTraffic port, long fabric, long lan, RcclLog log) {
        return new Rank(
                node,
                "fab0",
                new Rank.Pinned("irdma0:1", gid),
                new Traffic(Map.of("irdma0:1", port), interfaces(fabric, lan), List.of()),
                log);
    }

    private static Rank rank(String node, long fabric, long lan, RcclLog log) {
        return new Rank(node, "fab0", null, new Traffic(Map.of(), interfaces(fabric, lan), List.of()), log);
    }

    private static Map<String, Reading<Amounts>> interfaces(long fabric, long lan) {
        return Map.of("fab0", Reading.of(new Amounts(fabric, fabric)), "eno1", Reading.of(new Amounts(lan, lan)));
    }
}
