package dev.strixhalo.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.cluster.Link;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

/** What runs leave behind: the record, the tests for CI servers, and the history. */
class VerifyHistoryTest {
    @TempDir
    Path folder;

    static VerifyReport report(String time, double latency, double bandwidth) {
        var judge = new Judge(Link.ROCE, Limits.standard(Link.ROCE));
        var between = "node1 - node2";
        var tcp = judge.tcp(between, JudgeTest.samples(0.066, 0.06, 54.9, 55), List.of());
        var rdma = judge.rdma(between, JudgeTest.samples(latency, 5, bandwidth, 51), tcp.latency(), List.of());
        return new VerifyReport(
                "strix",
                "roce",
                Instant.parse(time),
                42,
                List.of("node1", "node2"),
                List.of(
                        Row.skip(LinkPath.LAN, Link.ROCE, between, "left out by <skipPaths>"),
                        tcp,
                        rdma,
                        judge.allReduce(between, JudgeTest.allReduce("nccl", 61, 0, "NET/IB"), true)),
                Judge.timesFaster(tcp.latency(), rdma.latency()),
                JudgeTest.allReduce("nccl", 61, 0, "NET/IB"),
                List.of());
    }

    @Test
    void theRecordIsReadAsItWasWritten() throws Exception {
        var report = report("2026-11-26T14:00:00Z", 25, 50);

        VerifyReport.file(folder).write(report);

        assertThat(VerifyReport.file(folder).read()).isEqualTo(report);
        assertThat(VerifyReport.file(folder).text(report))
                .contains("\"path\" : \"fabric-tcp\"", "\"verdict\" : \"fail\"", "\"quantity\" : \"latency\"");
        assertThat(report.counts()).isEqualTo("2 ok · 0 warn · 1 fail · 1 skip");
    }

    @Test
    void ciServersSeeATestForEachRow() throws Exception {
        VerifyJUnit.write(report("2026-11-26T14:00:00Z", 25, 50), folder);

        var suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("TEST-strixhalo-verify.xml").toFile())
                .getDocumentElement();
        assertThat(suite.getAttribute("tests")).isEqualTo("4");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("skipped")).isEqualTo("1");
        var failure = (Element) suite.getElementsByTagName("failure").item(0);
        assertThat(failure.getAttribute("message")).isEqualTo("latency 25 us, at most 20 us is wanted");
        assertThat(failure.getTextContent())
                .contains("fix     mvn strixhalo:doctor", "latency node1 to node2  25 unit");
    }

    @Test
    void theLastRunOfTheSameLinkIsComparedWith() throws Exception {
        var history = new VerifyHistory(folder);
        assertThat(history.last("strix", "roce")).isEmpty();
        history.add(report("2026-11-25T14:00:00Z", 5.2, 50));
        history.add(report("2026-11-26T14:00:00Z", 5.3, 51));
        // A disk that was full, and a newer version.
        Files.writeString(
                folder.resolve("verify-history.jsonl"),
                "{\"time\":\"2026-\n{\"more\":1}\n",
                StandardCharsets.UTF_8,
                StandardOpenOption.APPEND);

        var last = history.last("strix", "roce").orElseThrow();

        assertThat(last.time()).isEqualTo(Instant.parse("2026-11-26T14:00:00Z"));
        assertThat(history.last("strix", "tcp")).isEmpty();
        assertThat(history.last("other", "roce")).isEmpty();
        assertThat(VerifyHistory.changes(last, report("2026-11-27T14:00:00Z", 5.4, 51), 0.1))
                .containsExactly("nothing changed by more than 10 %");
        assertThat(VerifyHistory.changes(last, report("2026-11-27T14:00:00Z", 10.6, 40.8), 0.1))
                .containsExactly("rdma latency +100 % (5.3 before)", "rdma bandwidth -20 % (51 before)");
    }

    @Test
    void theHistoryDoesNotGrowForEver() throws Exception {
        var history = new VerifyHistory(folder);
        var old = new ArrayList<String>();
        for (int i = 0; i < VerifyHistory.KEPT; i++) old.add("{\"old\":" + i + "}");
        Files.write(folder.resolve("verify-history.jsonl"), old);

        history.add(report("2026-11-26T14:00:00Z", 5.3, 51));

        assertThat(Files.readAllLines(folder.resolve("verify-history.jsonl")))
                .hasSize(VerifyHistory.KEPT)
                .startsWith("{\"old\":1}")
                .last()
                .asString()
                .contains("\"time\":\"2026-11-26T14:00:00Z\"");
    }
}
