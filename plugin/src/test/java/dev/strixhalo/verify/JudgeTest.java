package dev.strixhalo.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.cluster.Link;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Values against limits: ok, warn, fail. */
class JudgeTest {
    private static final String BETWEEN = "node1 - node2";
    private static final Figure TCP = new Figure(0.068, 0.068, "ms");

    private final Judge judge = new Judge(Link.ROCE, Limits.standard(Link.ROCE));

    static List<Sample> samples(double latencyForth, double latencyBack, double bandwidthForth, double bandwidthBack) {
        var samples = new ArrayList<Sample>();
        samples.add(sample(Quantity.LATENCY, "node1", "node2", latencyForth, ""));
        samples.add(sample(Quantity.LATENCY, "node2", "node1", latencyBack, ""));
        samples.add(sample(Quantity.BANDWIDTH, "node1", "node2", bandwidthForth, ""));
        samples.add(sample(Quantity.BANDWIDTH, "node2", "node1", bandwidthBack, ""));
        return samples;
    }

    static Sample sample(Quantity quantity, String from, String to, @Nullable Double value, String reason) {
        return new Sample(quantity, from, to, "tool", "host", "unit", value, reason);
    }

    @Test
    void theGuidesOwnFiguresAreFine() {
        assertThat(judge.lan(BETWEEN, samples(0.074, 0.074, 0.94, 0.94), List.of())
                        .verdict())
                .isEqualTo(Verdict.OK);
        assertThat(judge.tcp(BETWEEN, samples(0.068, 0.068, 55.7, 55.7), List.of())
                        .verdict())
                .isEqualTo(Verdict.OK);
        assertThat(judge.rdma(BETWEEN, samples(5.23, 5.23, 50.64, 50.64), TCP, List.of())
                        .verdict())
                .isEqualTo(Verdict.OK);
    }

    @Test
    void theWorseDirectionCounts() {
        var row = judge.rdma(BETWEEN, samples(5.2, 8.1, 50, 44), TCP, List.of());

        assertThat(row.latency()).isEqualTo(new Figure(8.1, 5.23, "us"));
        assertThat(row.bandwidth()).isEqualTo(new Figure(44, 50.64, "Gbit/s"));
        assertThat(row.verdict()).isEqualTo(Verdict.WARN);
        assertThat(row.reasons())
                .containsExactly(
                        "latency 8.1 us, at most 8 us is wanted", "bandwidth 44 Gbit/s, at least 45 Gbit/s is wanted");
        assertThat(row.samples()).hasSize(4);
    }

    @Test
    void beyondTheSecondLimitItFailsWithAFix() {
        var slow = judge.rdma(BETWEEN, samples(5.2, 20.5, 50, 50), new Figure(0.5, 0, "ms"), List.of());
        assertThat(slow.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(slow.reasons()).containsExactly("latency 20.5 us, at most 20 us is wanted");
        assertThat(slow.fixes()).isNotEmpty();

        var narrow = judge.rdma(BETWEEN, samples(5.2, 5.2, 29.9, 50), TCP, List.of());
        assertThat(narrow.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(narrow.reasons()).containsExactly("bandwidth 29.9 Gbit/s, at least 30 Gbit/s is wanted");
    }

    @Test
    void rdmaThatIsHardlyFasterThanTcpFails() {
        var row = judge.rdma(BETWEEN, samples(7, 7, 50, 50), new Figure(0.03, 0.068, "ms"), List.of());

        assertThat(row.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(row.reasons())
                .containsExactly(
                        "RDMA is 4.29 times faster to answer than TCP on the same NIC, at least 5 times is wanted");
        // Without TCP's figure nothing can be said of it.
        assertThat(judge.rdma(BETWEEN, samples(7, 7, 50, 50), null, List.of()).verdict())
                .isEqualTo(Verdict.OK);
    }

    @Test
    void aPortWhoseCountersStoodStillMeasuredNothingOfItself() {
        var row = judge.rdma(BETWEEN, samples(5, 5, 50, 50), TCP, List.of("irdma1:1 on node2"));

        assertThat(row.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(row.reasons())
                .containsExactly("the counters of irdma1:1 on node2 stood still: what was measured went another way");
    }

    @Test
    void whatWasNotMeasuredFailsAndIsNamed() {
        var samples = new ArrayList<>(samples(5, 5, 50, 50));
        samples.set(3, sample(Quantity.BANDWIDTH, "node2", "node1", null, "Couldn't connect to 192.168.100.1:20123"));

        var row = judge.rdma(BETWEEN, samples, TCP, List.of());

        assertThat(row.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(row.bandwidth()).isEqualTo(new Figure(50, 50.64, "Gbit/s"));
        assertThat(row.reasons())
                .containsExactly(
                        "bandwidth from node2 to node1 was not measured by tool: Couldn't connect to 192.168.100.1:20123");
        assertThat(row.fixes()).first().asString().contains("firewall-cmd", "node1");
    }

    @Test
    void slowSocketsAndLostPingsWarn() {
        assertThat(judge.lan(BETWEEN, samples(3, 1, 0.5, 0.94), List.of()).reasons())
                .containsExactly(
                        "latency 3 ms, at most 1 ms is wanted", "bandwidth 0.5 Gbit/s, at least 0.9 Gbit/s is wanted");
        var lost =
                judge.tcp(BETWEEN, samples(0.07, 0.07, 55, 55), List.of("1 of 11 pings from node1 to node2 got lost"));
        assertThat(lost.verdict()).isEqualTo(Verdict.WARN);
        assertThat(judge.tcp(BETWEEN, samples(0.3, 0.07, 20, 55), List.of()).verdict())
                .isEqualTo(Verdict.WARN);
    }

    @Test
    void aLinkWithoutRdmaIsNotMeasuredByTheGuidesCards() {
        var sockets = new Judge(Link.TCP, Limits.standard(Link.TCP));

        var row = sockets.tcp(BETWEEN, samples(0.3, 0.3, 9, 9), List.of());

        assertThat(row.verdict()).isEqualTo(Verdict.OK);
        assertThat(row.title()).isEqualTo("Fabric over TCP");
        assertThat(row.latency()).isEqualTo(new Figure(0.3, 0, "ms"));
    }

    @Test
    void aSlowAllReduceFailsOnGpusOverRdmaOnly() {
        assertThat(judge.allReduce(BETWEEN, allReduce("nccl", 61, 0, "NET/IB"), true)
                        .verdict())
                .isEqualTo(Verdict.OK);
        assertThat(judge.allReduce(BETWEEN, allReduce("nccl", 101, 0, "NET/IB"), true)
                        .verdict())
                .isEqualTo(Verdict.FAIL);
        assertThat(judge.allReduce(BETWEEN, allReduce("nccl", 900, 0, "NET/Socket"), false)
                        .verdict())
                .isEqualTo(Verdict.OK);
        assertThat(judge.allReduce(BETWEEN, allReduce("gloo", 900, 0), true).verdict())
                .isEqualTo(Verdict.OK);
    }

    @Test
    void oneWrongValueFailsAlways() {
        var row = judge.allReduce(BETWEEN, allReduce("gloo", 900, 1), false);

        assertThat(row.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(row.reasons())
                .containsExactly("1 wrong values in 200 all-reduces of 20 KiB: what the nodes compute is garbage");
    }

    @Test
    void socketsInThePlaceOfRdmaFailHoweverFast() {
        var row = judge.allReduce(BETWEEN, allReduce("nccl", 61, 0, "NET/Socket"), true);

        assertThat(row.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(row.reasons()).containsExactly("RCCL fell back to sockets (NET/Socket)");
    }

    static AllReduce allReduce(String backend, double micros, long wrong, String... transports) {
        return new AllReduce(
                backend,
                backend.equals("nccl") ? "cuda" : "cpu",
                "2.11.0",
                List.of(transports),
                List.of(new AllReduce.Size(16 << 10, 50, 200, 0), new AllReduce.Size(20 << 10, micros, 200, wrong)));
    }
}
