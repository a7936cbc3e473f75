package dev.strixhalo.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.cluster.Link;
import dev.strixhalo.verify.AllReduce;
import dev.strixhalo.verify.Figure;
import dev.strixhalo.verify.Limits;
import dev.strixhalo.verify.LinkPath;
import dev.strixhalo.verify.Quantity;
import dev.strixhalo.verify.Row;
import dev.strixhalo.verify.Sample;
import dev.strixhalo.verify.Verdict;
import dev.strixhalo.verify.VerifyHistory;
import dev.strixhalo.verify.VerifyReport;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The table that people see, and what stands below it. */
class VerifyScreenTest {
    private static final Limits LIMITS = Limits.standard(Link.ROCE);
    private static final String BETWEEN = "node1 - node2";

    private static Row row(LinkPath path, Verdict verdict, Figure latency, Figure bandwidth, String... reasons) {
        return new Row(
                path,
                path.title(Link.ROCE),
                BETWEEN,
                verdict,
                latency,
                bandwidth,
                List.of(reasons),
                verdict == Verdict.FAIL ? List.of("mvn strixhalo:doctor", "another") : List.of(),
                List.of(new Sample(
                        Quantity.LATENCY, "node1", "node2", "tool", "host", latency.unit(), latency.value(), "")),
                List.of());
    }

    private static VerifyReport report(Row rdma, Row allReduce, AllReduce result, String... notes) {
        return new VerifyReport(
                "strix",
                "roce",
                Instant.parse("2026-11-26T14:02:00Z"),
                48,
                List.of("node1", "node2"),
                List.of(
                        row(LinkPath.LAN, Verdict.OK, new Figure(0.081, 0.074, "ms"), new Figure(0.94, 0.94, "Gbit/s")),
                        row(
                                LinkPath.FABRIC_TCP,
                                Verdict.OK,
                                new Figure(0.066, 0.068, "ms"),
                                new Figure(54.9, 55.7, "Gbit/s")),
                        rdma,
                        allReduce),
                12.43,
                result,
                List.of(notes));
    }

    private static final Row RDMA =
            row(LinkPath.RDMA, Verdict.OK, new Figure(5.31, 5.23, "us"), new Figure(50.2, 50.64, "Gbit/s"));
    private static final Row REDUCED =
            row(LinkPath.ALL_REDUCE, Verdict.OK, new Figure(61, 0, "us"), new Figure(1, 0, ""));

    private static AllReduce result(String backend, long wrong) {
        return new AllReduce(backend, "cuda", "2.11.0", List.of(), List.of(new AllReduce.Size(20480, 61, 200, wrong)));
    }

    @Test
    void theTableOfTheGuideStandsWithWhatWasMeasured() {
        assertThat(VerifyScreen.lines(
                        report(RDMA, REDUCED, result("nccl", 0)), Optional.empty(), LIMITS, ZoneOffset.UTC, false))
                .containsExactly(
                        "Path                  Latency         expected      Bandwidth       expected      verdict",
                        "LAN                   0.081 ms        0.074 ms      0.94 Gbit/s     0.94          ok",
                        "RoCE NIC over TCP     0.066 ms        0.068 ms      54.9 Gbit/s     55.7          ok",
                        "RDMA                  5.31 us         5.23 us       50.2 Gbit/s     50.6          ok",
                        "All-reduce 20 KiB     61 us           ≤ 100 us      data right                    ok",
                        "RDMA is 12.4 times faster to answer than TCP on the same NIC.",
                        "",
                        "4 ok · 0 warn · 0 fail · 0 skip, in 48 s");
    }

    @Test
    void withoutGpusTheAllReduceIsLabelledAndNotLimited() {
        assertThat(VerifyScreen.lines(
                        report(RDMA, REDUCED, result("gloo", 0)), Optional.empty(), LIMITS, ZoneOffset.UTC, false))
                .contains("All-reduce 20 KiB     61 us                         data right, gloo              ok");
    }

    @Test
    void whatIsWrongIsToldBelowWithItsFix() {
        var slow = row(
                LinkPath.RDMA,
                Verdict.FAIL,
                new Figure(25, 5.23, "us"),
                new Figure(50.2, 50.64, "Gbit/s"),
                "latency 25 us, at most 20 us is wanted");

        assertThat(VerifyScreen.lines(
                        report(slow, REDUCED, result("nccl", 0), "node1: ended 4242 iperf3"),
                        Optional.empty(),
                        LIMITS,
                        ZoneOffset.UTC,
                        false))
                .containsSubsequence(
                        "fail  rdma",
                        "      found     latency 25 us, at most 20 us is wanted",
                        "      measured  latency node1 to node2 25 us",
                        "      fix       mvn strixhalo:doctor",
                        "      or        another",
                        "      note      node1: ended 4242 iperf3");
    }

    @Test
    void wrongDataStandsInTheTable() {
        assertThat(String.join(
                        "\n",
                        VerifyScreen.lines(
                                report(RDMA, REDUCED, result("nccl", 3)),
                                Optional.empty(),
                                LIMITS,
                                ZoneOffset.UTC,
                                false)))
                .contains("DATA WRONG");
    }

    @Test
    void aRunBeforeIsComparedWith() {
        var before = new VerifyHistory.Run(
                Instant.parse("2026-11-25T09:00:00Z"),
                "strix",
                "roce",
                List.of(new VerifyHistory.Value("rdma", BETWEEN, "latency", 10.62)));

        assertThat(VerifyScreen.lines(
                        report(RDMA, REDUCED, result("nccl", 0)), Optional.of(before), LIMITS, ZoneOffset.UTC, false))
                .contains("      since     2026-11-25 09:00: rdma latency -50 % (10.6 before)");
    }

    @Test
    void onATerminalOnlyTheVerdictHasAColour() {
        assertThat(VerifyScreen.lines(
                        report(RDMA, REDUCED, result("nccl", 0)), Optional.empty(), LIMITS, ZoneOffset.UTC, true))
                .contains(
                        "RDMA                  5.31 us         5.23 us       50.2 Gbit/s     50.6          \u001b[32mok\u001b[0m");
    }
}
