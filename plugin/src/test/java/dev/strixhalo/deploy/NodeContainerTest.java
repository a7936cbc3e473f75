package dev.strixhalo.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Cuts of what {@code podman inspect} 4.3.1 printed on the bed. */
class NodeContainerTest {
    private static final String IMAGE = "0c9d9f04bd515b0310936bc7ebbe877d65ffe04ab3067a85d99e8e85ca7713a7";

    @Test
    void aRunningContainerIsOneWithAProcess() throws Exception {
        var found = NodeContainer.parse(
                        "[" + container("serve-0c9d9f0", "running", true, 0, "0001-01-01T00:00:00Z") + "]")
                .orElseThrow();

        assertThat(found).isEqualTo(new NodeContainer("serve-0c9d9f0", "sha256:" + IMAGE, true, false, 0, null));
    }

    @Test
    void aKilledOneTellsBySignalAndTime() throws Exception {
        var found = NodeContainer.parse(
                        "[" + container("serve-0c9d9f0", "exited", false, 137, "2026-11-23T19:25:36.6Z") + "]")
                .orElseThrow();

        assertThat(found.how()).isEqualTo("signal 9");
        assertThat(found.ended()).isEqualTo(Instant.parse("2026-11-23T19:25:36.6Z"));
    }

    @Test
    void theRunningOneCountsThenTheOneThatEndedLast() throws Exception {
        var old = container("old", "exited", false, 0, "2026-11-23T19:30:00Z");
        var older = container("older", "exited", false, 0, "2026-11-23T19:00:00Z");
        var runs = container("runs", "running", true, 0, "0001-01-01T00:00:00Z");

        assertThat(NodeContainer.parse("[" + old + "," + runs + "]")
                        .orElseThrow()
                        .name())
                .isEqualTo("runs");
        assertThat(NodeContainer.parse("[" + older + "," + old + "]")
                        .orElseThrow()
                        .name())
                .isEqualTo("old");
    }

    @Test
    void oneThatWasNeverStartedIsNone() throws Exception {
        assertThat(NodeContainer.parse("[" + container("new", "created", false, 0, "0001-01-01T00:00:00Z") + "]"))
                .isEmpty();
        assertThat(NodeContainer.parse("")).isEmpty();
    }

    private static String container(String name, String status, boolean running, int exit, String finished) {
        return """
                {"Id": "1cbde15919d7", "Created": "2026-11-23T19:49:08.376717337Z", "Image": "%s", "Name": "%s",
                 "State": {"OciVersion": "1.0.2-dev", "Status": "%s", "Running": %s, "OOMKilled": false, "Pid": 10794,
                  "ExitCode": %d, "StartedAt": "2026-11-23T19:49:08.486290004Z", "FinishedAt": "%s"}}
                """.formatted(IMAGE, name, status, running, exit, finished);
    }
}
