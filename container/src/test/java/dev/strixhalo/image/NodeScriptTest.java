package dev.strixhalo.image;

import static dev.strixhalo.image.NodeScript.eventually;
import static dev.strixhalo.image.NodeScript.launch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Program;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the supervisor promises while a launch runs: it owns every process, tells of its end, keeps what it said. */
class NodeScriptTest {
    private static final String ID = "20261123-120000-abcd";

    @TempDir
    Path folder;

    private NodeScript node;

    @BeforeEach
    void supervise() throws Exception {
        node = new NodeScript(folder);
    }

    @AfterEach
    void end() {
        node.close();
    }

    @Test
    void aPartOutlivesTheRequestThatStartedIt() throws Exception {
        assertThat(node.ask("start", launch(ID, "echo here; sleep 60").toString())
                        .exit())
                .isZero();

        assertThat(node.part().path("state").asText()).isEqualTo("running");
        eventually("it speaks", () -> node.said().contains("here"));
    }

    @Test
    void theEndOfAPartIsSeenWithItsCode() throws Exception {
        node.ask("start", launch(ID, "exit 7").toString());

        eventually("it ended", () -> node.part().path("state").asText().equals("exited"));
        assertThat(node.part().path("ended").path("code").asInt()).isEqualTo(7);
    }

    @Test
    void theEndOfAPartIsSeenWithItsSignal() throws Exception {
        node.ask("start", launch(ID, "kill -KILL $$").toString());

        eventually("it ended", () -> node.part().path("state").asText().equals("exited"));
        assertThat(node.part().path("ended").path("signal").asInt()).isEqualTo(9);
        assertThat(node.part().path("ended").path("code").isNull()).isTrue();
    }

    @Test
    void whoFollowsIsToldOfLinesAndOfTheEnd() throws Exception {
        node.ask("start", launch(ID, "echo one; sleep 1; echo two; exit 3").toString());
        eventually("it ended", () -> node.part().path("state").asText().equals("exited"));
        // Who is ready lets followers go.
        node.ask("ready", "{\"about\":{\"model\":\"m\"}}");

        var seen = node.ask("follow", "").lines();

        assertThat(seen).anySatisfy(line -> assertThat(line).contains("\"text\": \"one\""));
        assertThat(seen).anySatisfy(line -> assertThat(line).contains("\"text\": \"two\""));
        assertThat(seen)
                .anySatisfy(line -> assertThat(line).contains("part-exited").contains("\"code\": 3"));
        assertThat(node.status().path("about").path("model").asText()).isEqualTo("m");
    }

    @Test
    void aSecretIsAFileForThePartAndIsInNoEnvironmentArgumentOrLog() throws Exception {
        var request = launch(ID, "cat " + folder + "/run/secrets/key; echo; sleep 60");
        request.putObject("secrets").put("key", "CANARY-4711");
        node.ask("start", request.toString());

        eventually("it read the secret, and the log hides it", () -> node.said().contains("****"));
        var pid = node.part().path("pid").asInt();
        assertThat(Files.readString(Path.of("/proc/" + pid + "/environ"))).doesNotContain("CANARY");
        assertThat(Files.readString(Path.of("/proc/" + pid + "/cmdline"))).doesNotContain("CANARY");
        // The link leads into memory of the supervisor; nothing of it lies on the disk.
        assertThat(Program.of("grep", "-rl", "--exclude-dir=secrets", "CANARY", folder.toString())
                        .run()
                        .out())
                .isEmpty();
        assertThat(Files.isSymbolicLink(node.run().resolve("secrets/key"))).isTrue();

        node.ask("stop", "");
        assertThat(node.run().resolve("secrets/key")).doesNotExist();
    }

    @Test
    void aSecondLaunchIsRefusedWhileTheFirstRuns() {
        node.ask("start", launch(ID, "sleep 60").toString());

        var refused =
                node.ask("start", launch("20261123-120001-abcd", "sleep 60").toString());

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.json().path("code").asText()).isEqualTo("running");
        assertThat(node.status().path("launch").asText()).isEqualTo(ID);
    }

    @Test
    void aLaunchThatIsDeadMakesRoomByItself() throws Exception {
        node.ask("start", launch(ID, "exit 1").toString());
        eventually("it ended", () -> node.part().path("state").asText().equals("exited"));

        assertThat(node.ask("start", launch("20261123-120001-abcd", "sleep 60").toString())
                        .exit())
                .isZero();
    }

    @Test
    void aTakenPortIsRefusedBeforeAnythingStarts() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var request = launch(ID, "sleep 60");
            request.putArray("ports")
                    .addObject()
                    .put("name", "API")
                    .put("address", "127.0.0.1")
                    .put("port", taken.getLocalPort());

            var refused = node.ask("start", request.toString());

            assertThat(refused.json().path("code").asText()).isEqualTo("port-taken");
            assertThat(refused.json().path("message").asText()).contains(String.valueOf(taken.getLocalPort()), "API");
            assertThat(node.status().path("parts")).isEmpty();
        }
    }

    @Test
    void aHelperThatStillBearsItsRanksTitleIsNoRank() throws Exception {
        // The parentheses are a fork of the shell, for a second, under the same title: as between fork and exec.
        var request = launch(ID, "exec bash -c \"exec -a rank bash -c '(sleep 1; :); exec sleep 614'\"");
        ((com.fasterxml.jackson.databind.node.ObjectNode) request.path("parts").path(0))
                .put("ranks", "^(rank|sleep 614)");
        node.ask("start", request.toString());
        eventually("its title is seen", () -> node.status().path("ranks").size() > 0);

        Thread.sleep(2500);

        assertThat(node.status().path("ranks"))
                .singleElement()
                .satisfies(rank -> assertThat(rank.path("ended").isNull()).isTrue());
    }

    @Test
    void aRankIsSeenAndItsDeathToo() throws Exception {
        var request = launch(ID, "sleep 615 & echo $!; wait");
        ((com.fasterxml.jackson.databind.node.ObjectNode) request.path("parts").path(0)).put("ranks", "^sleep 615");
        node.ask("start", request.toString());
        eventually("the rank is seen", () -> node.status().path("ranks").size() == 1);
        assertThat(node.status().path("ranks").path(0).path("ended").isNull()).isTrue();

        ProcessHandle.of(node.status().path("ranks").path(0).path("pid").asLong())
                .orElseThrow()
                .destroyForcibly();

        eventually(
                "its death is seen",
                () -> node.status().path("ranks").path(0).path("ended").isTextual());
    }

    @Test
    void logsOfTheLastFiveLaunchesAreKept() throws Exception {
        for (int i = 0; i < 7; i++) {
            var id = "20261123-12000%d-abcd".formatted(i);
            node.ask("start", launch(id, "echo " + i).toString());
            eventually("it ended", () -> node.part().path("state").asText().equals("exited"));
        }
        try (var kept = Files.list(node.log())) {
            assertThat(kept.map(p -> p.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "20261123-120002-abcd",
                            "20261123-120003-abcd",
                            "20261123-120004-abcd",
                            "20261123-120005-abcd",
                            "20261123-120006-abcd");
        }
        assertThat(node.said()).containsExactly("6");
    }

    @Test
    void wrongUseIsToldAsSuch() {
        assertThat(node.ask("start", "").exit()).isEqualTo(2);
        assertThat(node.ask("start", "{\"launch\":").json().path("code").asText())
                .isEqualTo("bad-request");
        assertThat(node.ask("start", "{\"parts\":[]}").json().path("message").asText())
                .contains("launch");
        assertThat(node.ask("start", launch("../../etc", "true").toString())
                        .json()
                        .path("code")
                        .asText())
                .isEqualTo("bad-request");
        assertThat(node.ask("dance", "").exit()).isEqualTo(2);
        assertThat(node.ask("follow", "").json().path("code").asText()).isEqualTo("no-launch");
    }

    @Test
    void aProgramThatIsNotThereIsToldByName() {
        var request = launch(ID, "true");
        ((com.fasterxml.jackson.databind.node.ObjectNode) request.path("parts").path(0))
                .putArray("argv")
                .add("/nowhere/vllm");

        var refused = node.ask("start", request.toString());

        assertThat(refused.json().path("code").asText()).isEqualTo("cannot-start");
        assertThat(refused.json().path("message").asText()).contains("/nowhere/vllm");
    }

    @Test
    void theGateTellsWhatIsNotAsDemanded() {
        var answer = node.ask(
                "gate",
                "{\"devices\":[\"/dev/null\",\"/dev/strixhalo-none\"],\"memlock\":null,\"imports\":[\"json\",\"no_such_module\"]}");

        assertThat(answer.exit()).isEqualTo(1);
        assertThat(answer.json().path("errors").findValuesAsText("what"))
                .containsExactly(
                        "the image cannot import no_such_module there.",
                        "the container's user cannot open /dev/strixhalo-none for reading and writing.");
        assertThat(answer.json().path("versions").path("json").isTextual()).isTrue();
    }
}
