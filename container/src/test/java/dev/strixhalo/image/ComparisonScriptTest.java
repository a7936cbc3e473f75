package dev.strixhalo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The guide's comparison as it lies in the image, on this machine's loopback with real ping and iperf3. */
@Timeout(60)
class ComparisonScriptTest {
    private static final Path SCRIPT = Path.of("target/classes/dev/strixhalo/image/rootfs/opt/compare_eth_vs_rdma.sh")
            .toAbsolutePath();

    @Test
    void printsTheTableOfTheGuide() throws Exception {
        for (var program : new String[] {"bash", "ping", "iperf3"}) {
            assumeTrue(
                    Program.of("sh", "-c", "command -v " + program).run().succeeded(), program + " is not installed");
        }
        var builder = new ProcessBuilder("bash", SCRIPT.toString(), "--server").redirectErrorStream(true);
        builder.environment().put("COMPARE_PORT", "28731");
        var server = builder.start();
        try {
            var ready = server.inputReader();
            for (var line = ready.readLine(); line != null && !line.startsWith("serving"); line = ready.readLine()) {}
            var result = Program.of("bash", SCRIPT.toString(), "127.0.0.1", "127.0.0.1")
                    .env("COMPARE_PORT", "28731")
                    .env("COMPARE_SECONDS", "1")
                    .timeout(Duration.ofSeconds(40))
                    .run();

            assertThat(result.out()).hasSize(5);
            assertThat(result.out().get(0)).matches("Path +Latency +Bandwidth *");
            assertThat(result.out().get(2)).matches("Ethernet \\(LAN\\) +0\\.\\d{3} ms +[0-9.]+ Gbps *");
            assertThat(result.out().get(3)).matches("Ethernet \\(RoCE NIC\\) +0\\.\\d{3} ms +[0-9.]+ Gbps *");
            // No verbs device holds the loopback address, or perftest is not there at all; it says which.
            assertThat(result.out().get(4)).matches("RDMA \\(RoCE\\) +- +- *");
            assertThat(String.join("\n", result.err())).containsAnyOf("package perftest", "as RoCE v2");
            assertThat(result.exitCode()).isEqualTo(1);
        } finally {
            server.destroy();
            assertThat(server.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** As in a rootless container on a node whose kernel lets nobody ping without the right of raw sockets. */
    @Test
    void whoMayNotPingIsToldHowToAllowIt(@TempDir Path folder) throws Exception {
        assertThat(notAllowed(folder, "cp -L \"$(command -v ping)\" \"$1/ping\""))
                .isEqualTo(
                        "ping is not allowed here; on the node: sudo sysctl net.ipv4.ping_group_range='0 2147483647'");
    }

    @Test
    void aPingThatMayNotEvenStartIsToldApart(@TempDir Path folder) throws Exception {
        assumeTrue(Program.of("sh", "-c", "command -v setcap").run().succeeded(), "no setcap");

        assertThat(notAllowed(folder, "cp -L \"$(command -v ping)\" \"$1/ping\" && setcap cap_net_raw+ep \"$1/ping\""))
                .isEqualTo("ping does not start here, for the capability of its file; in the image: setcap -r " + folder
                        + "/ping");
    }

    /** Asks with a ping of its own, made by a line of shell, without any capability; the last line that was said of it. */
    private static String notAllowed(Path folder, String making) throws Exception {
        assumeTrue(
                Program.of("sh", "-c", "test $(id -u) = 0 && command -v ping && unshare --net true")
                        .run()
                        .succeeded(),
                "no ping, or nobody may make network namespaces");
        Program.of("sh", "-c", making + " && chmod 755 \"$1\"", "sh", folder.toString())
                .run()
                .orFail();
        var result = Program.of(
                        "env",
                        "PATH=" + folder + ":" + System.getenv("PATH"),
                        "unshare",
                        "--net",
                        "setpriv",
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups",
                        "--bounding-set=-all",
                        "bash",
                        "-s",
                        "--",
                        "127.0.0.1")
                .stdin(Files.readString(SCRIPT))
                .run();

        assertThat(result.out().get(2)).matches("Ethernet \\(RoCE NIC\\) +not allowed .*");
        assertThat(result.exitCode()).isEqualTo(1);
        return result.err().stream()
                .filter(line -> line.startsWith("ping "))
                .findFirst()
                .orElse(result.err().toString());
    }

    @Test
    void whyNobodyAnswersIsSaid() throws Exception {
        assumeTrue(
                Program.of("sh", "-c", "test $(id -u) = 0 && command -v ping && unshare --net true")
                        .run()
                        .succeeded(),
                "no ping, or nobody may make network namespaces");

        var result = Program.of("unshare", "--net", "bash", SCRIPT.toString(), "192.0.2.1")
                .run();

        assertThat(result.out().get(2)).matches("Ethernet \\(RoCE NIC\\) +failed .*");
        assertThat(String.join("\n", result.err()))
                .contains("no answer to ping from 192.0.2.1: ping: connect: Network is unreachable");
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @Test
    void withoutAnAddressItSaysHowItIsCalled() throws Exception {
        var result = Program.of("bash", SCRIPT.toString()).run();

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(String.join("\n", result.err())).contains("--server", "192.168.100.2 [ADDRESS ON THE LAN]");
    }
}
