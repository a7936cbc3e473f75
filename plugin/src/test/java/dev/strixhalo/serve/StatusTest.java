package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.deploy.NodeContainer;
import dev.strixhalo.rdma.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From what the nodes tell to the verdict and the screen; the node script's answers are those of the bed, cut. */
class StatusTest {
    private static final String LAUNCH = "20261123-192032-6228";
    private static final String IMAGE = "sha256:0c9d9f04bd515b0310936bc7ebbe877d65ffe04ab3067a85d99e8e85ca7713a7";
    private static final LaunchAbout ABOUT = new LaunchAbout(
            "strix",
            "meta/llama",
            "ray",
            2,
            new LaunchAbout.Api("127.0.0.1", 8000, "127.0.0.1"),
            false,
            "lara@box",
            null);

    @Test
    void twoLivingRanksAreNoTrouble() {
        assertThat(StatusLook.trouble(
                        List.of(node("node1", true, alive(true)), node("node2", false, alive(false))), ABOUT))
                .isEmpty();
    }

    @Test
    void aDeadRankIsTroubleThoughEverythingElseLives() {
        var dead = alive(false)
                .replace("\"ended\":null}],\"ports\"", "\"ended\":\"2026-11-23T19:25:32.906Z\"}],\"ports\"");

        assertThat(StatusLook.trouble(List.of(node("node1", true, alive(true)), node("node2", false, dead)), ABOUT))
                .hasValueSatisfying(t ->
                        assertThat(t).isEqualTo("node2: rank process 207 (ray::RayWorkerProc) died at 19:25:32 UTC"));
    }

    @Test
    void aKilledContainerComesBeforeWhatItBroughtWithIt() {
        var head = node(
                "node1",
                true,
                alive(true)
                        .replace(
                                "\"name\":\"vllm\",\"state\":\"running\",\"ended\":null",
                                "\"name\":\"vllm\",\"state\":\"exited\",\"ended\":{\"time\":\"2026-11-23T19:25:37.714Z\",\"code\":0,\"signal\":null}"));
        var worker = NodeStatus.without("node2", false, null, "container was killed 8.6 s ago (signal 9)");

        assertThat(StatusLook.trouble(List.of(head, worker), ABOUT).orElseThrow())
                .startsWith("node2: container was killed 8.6 s ago (signal 9)")
                .contains("node1: vLLM ended at 19:25:37 UTC (exit code 0)");
    }

    @Test
    void aFinishedDownloadIsNoTrouble() {
        var status = node(
                "node1",
                true,
                alive(true)
                        .replace(
                                "\"parts\":[",
                                "\"parts\":[{\"name\":\"download\",\"state\":\"exited\",\"ended\":{\"time\":\"2026-11-23T19:20:37.714Z\",\"code\":0,\"signal\":null}},"));

        assertThat(status.trouble()).isNull();
    }

    @Test
    void aNodeThatTakesPartInAnotherLaunchIsTrouble() {
        var other = alive(false).replace(LAUNCH, "20261122-000000-abcd");

        assertThat(StatusLook.trouble(List.of(node("node1", true, alive(true)), node("node2", false, other)), ABOUT)
                        .orElseThrow())
                .contains(LAUNCH, "20261122-000000-abcd");
    }

    @Test
    void tooFewRanksAreTroubleEvenIfNoneWasSeenToDie() {
        var without = alive(false).replaceAll("\"ranks\":\\[.*?\\]", "\"ranks\":[]");

        assertThat(StatusLook.trouble(List.of(node("node1", true, alive(true)), node("node2", false, without)), ABOUT))
                .contains("1 of 2 ranks are there");
    }

    @Test
    void theScreenSaysTheVerdictFirst() {
        var nodes = List.of(node("node1", true, alive(true)), node("node2", false, alive(false)));
        var status = new ClusterStatus(
                "strix",
                true,
                null,
                "meta/llama",
                "ray",
                2,
                "http://127.0.0.1:8000/v1",
                "2026-11-23T10:50:00Z",
                2,
                new Completion("meta/llama", "x", 4, List.of(), 0.234, 0.5),
                null,
                null,
                nodes);

        assertThat(StatusScreen.lines(status, Instant.parse("2026-11-23T14:02:00Z"), ZoneOffset.UTC))
                .containsExactly(
                        "strix  answering  meta/llama  TP 2  since 10:50 (3 h 12 min)  0.23 s to the first token",
                        "node1  head    container up  image 0c9d9f0  ray alive  rank 475 alive  GPU memory 74.1/124 GiB  memory 2.9 GB",
                        "node2  worker  container up  image 0c9d9f0  ray alive  rank 207 alive  GPU memory 74.1/124 GiB  memory 2.9 GB");
    }

    @Test
    void theScreenShowsWhatWasProvedAtLaunchAndNow() {
        var launched = new LaunchProof(
                "roce",
                Instant.parse("2026-11-23T10:50:00Z"),
                new Verdict(Verdict.Outcome.RDMA, true, "NET/IB on irdma0:1 GID 1 | irdma0:1 GID 3", 1, List.of()),
                new ModelSize(32, 4096, 2, ""),
                List.of());
        var status = new ClusterStatus(
                "strix",
                true,
                null,
                "meta/llama",
                "ray",
                2,
                null,
                null,
                2,
                new Completion("meta/llama", "x", 4, List.of(), 0.234, 0.5),
                launched,
                new Verdict(Verdict.Outcome.TCP, false, "TCP; node2: RCCL says so", 1, List.of()),
                List.of(node("node1", true, alive(true))));

        assertThat(StatusScreen.lines(status, Instant.EPOCH, ZoneOffset.UTC).subList(1, 3))
                .containsExactly(
                        "rdma   proved at launch: NET/IB on irdma0:1 GID 1 | irdma0:1 GID 3",
                        "rdma   NOT PROVED now: TCP; node2: RCCL says so");
    }

    @Test
    void theScreenOfABrokenClusterSaysWhy() {
        var status = new ClusterStatus(
                "strix",
                false,
                "node2: container was killed 40 s ago (signal 9)",
                "meta/llama",
                "ray",
                2,
                null,
                null,
                1,
                null,
                null,
                null,
                List.of(
                        node("node1", true, alive(true)),
                        NodeStatus.unreachable("node2", false, "the connection was refused.")));

        var lines = StatusScreen.lines(status, Instant.EPOCH, ZoneOffset.UTC);

        assertThat(lines.get(0))
                .isEqualTo("strix  NOT ANSWERING  meta/llama  TP 2  node2: container was killed 40 s ago (signal 9)");
        assertThat(lines.get(2)).isEqualTo("node2  worker  not reachable: the connection was refused.");
    }

    @Test
    void whatServesIsNotToBeTouchedAndWhatBrokeMayBeRemoved() {
        assertThat(Remains.of(json("{\"launch\":null}")).nothing()).isTrue();
        assertThat(Remains.of(json(alive(true))).alive()).isTrue();
        assertThat(Remains.of(json(alive(true).replace("\"state\":\"running\"", "\"state\":\"exited\"")))
                        .alive())
                .isFalse();
        assertThat(Remains.of(json(alive(true).replace("\"ended\":null}],\"ports\"", "\"ended\":\"t\"}],\"ports\"")))
                        .alive())
                .isFalse();
        var unready = alive(true).replace("\"ready\":\"2026-11-23T19:24:04.578Z\"", "\"ready\":null");
        assertThat(Remains.of(json(unready)).alive()).isFalse();
        assertThat(Remains.of(json(unready.replace("\"followers\":0", "\"followers\":1")))
                        .alive())
                .isTrue();
    }

    private static NodeStatus node(String name, boolean head, String json) {
        return NodeStatus.of(name, head, new NodeContainer("strix-0c9d9f0", IMAGE, true, false, 0, null), json(json));
    }

    private static String alive(boolean head) {
        return ("{\"ok\":true,\"launch\":\"" + LAUNCH
                        + "\",\"about\":{\"cluster\":\"strix\",\"model\":\"meta/llama\",\"executor\":\"ray\","
                        + "\"tensorParallel\":2,\"by\":\"lara@box\"},\"ready\":\"2026-11-23T19:24:04.578Z\",\"followers\":0,\"parts\":["
                        + "{\"name\":\"ray\",\"state\":\"running\",\"ended\":null}"
                        + (head ? ",{\"name\":\"vllm\",\"state\":\"running\",\"ended\":null}" : "")
                        + "],\"ranks\":[{\"pid\":%d,\"title\":\"ray::RayWorkerProc\",\"since\":\"2026-11-23T19:23:43.484Z\",\"ended\":null}],\"ports\":[],"
                        + "\"memory\":{\"processes\":2942640128,\"gpus\":[{\"card\":\"card1\",\"used\":79564000000,\"total\":133143986176}]}}")
                .formatted(head ? 475 : 207);
    }

    private static JsonNode json(String text) {
        try {
            return RecordFile.json().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
