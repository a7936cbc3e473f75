package dev.strixhalo.it.invoker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The goal verify between two network namespaces of this machine, reached by real SSH, with real ping and iperf3. */
@Timeout(300)
class VerifyIT {
    private static final List<String> NEEDED = List.of("ip", "ping", "iperf3", "ssh-keygen", "/usr/sbin/sshd");

    private static StagedPlugin plugin;
    private static Path machines;

    private Project project;

    @BeforeAll
    static void stage() throws Exception {
        for (var program : NEEDED) {
            assumeTrue(
                    Program.of("sh", "-c", "command -v " + program).run().succeeded(), program + " is not installed");
        }
        plugin = StagedPlugin.in(Project.all());
        machines = Files.createTempDirectory(Project.all(), "two-nodes-");
        var up = twoNodes("up");
        assumeTrue(up.succeeded(), "this user may make no network namespaces: " + up.err());
    }

    @AfterAll
    static void end() throws Exception {
        if (machines != null) twoNodes("down");
    }

    private static Program.Result twoNodes(String word) throws StrixhaloException {
        var script = Path.of(StagedPlugin.property("basedir"), "src/test/resources/dev/strixhalo/it/invoker/two-nodes");
        return Program.of("sh", script.toString(), word, machines.toString()).run();
    }

    @BeforeEach
    void project() throws IOException {
        project = Project.of(plugin, "verify ", """
                <cluster><link>tcp</link><nodes>
                  <node><host>10.97.113.11</host><user>root</user><fabricAddress>192.168.113.1/30</fabricAddress></node>
                  <node><host>10.97.113.12</host><user>root</user><fabricAddress>192.168.113.2/30</fabricAddress></node>
                </nodes></cluster>
                <verify><seconds>3</seconds><where>host</where></verify>
                """, "");
    }

    @Test
    void measuresBothPathsAndComparesWithTheLastRun() throws Exception {
        var run = mvn();

        assertThat(run.exitCode()).as(run.text()).isZero();
        var screen = run.lines("[INFO]");
        assertThat(screen)
                .contains(" Path                  Latency         expected      Bandwidth       expected      verdict");
        assertThat(screen)
                .anyMatch(line -> line.matches(" LAN +[0-9.]+ ms +0\\.074 ms +[0-9.]+ Gbit/s +0\\.94 +(ok|warn)"))
                .anyMatch(line -> line.matches(" Fabric over TCP +[0-9.]+ ms +[0-9.]+ Gbit/s +(ok|warn)"))
                .anyMatch(line -> line.matches(" RDMA +- +- +skip"))
                .anyMatch(line -> line.matches(" All-reduce 20 KiB +- +- +skip"));
        // Above the table stand the lines of progress.
        assertThat(screen)
                .filteredOn(line -> !line.matches(" (look|measure) .*"))
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(93));
        assertThat(run.text()).contains("not for link tcp", "no container of the cluster runs on node1, node2");
        var records = project.records();
        assertThat(records.resolve("verify.json"))
                .content()
                .contains("\"kind\" : \"strixhalo.verify\"", "\"schema\" : 1", "\"place\" : \"host\"");
        assertThat(records.resolve("TEST-strixhalo-verify.xml")).content().contains("tests=\"4\"", "skipped=\"2\"");

        var second = mvn("-Dstrixhalo.verify.skipPaths=lan");

        assertThat(second.exitCode()).as(second.text()).isZero();
        assertThat(second.text()).containsPattern("since +20\\d\\d-").contains("left out by <skipPaths>");
        assertThat(records.resolve("verify-history.jsonl")).content().hasLineCount(2);
    }

    @Test
    void whatCannotBeMeasuredFailsTheBuild() throws Exception {
        var run = mvn("-Dstrixhalo.cluster.link=roce", "-Dstrixhalo.verify.skipPaths=lan,fabric-tcp");

        assertThat(run.exitCode()).as(run.text()).isEqualTo(1);
        assertThat(run.errors()).first().asString().isEqualTo(" 1 path of verify failed.");
        assertThat(run.text())
                .contains("not measured: node1 has no RDMA port for 192.168.113.1")
                .doesNotContain("\tat ");
        assertThat(project.records().resolve("verify.json")).exists();
    }

    @Test
    void exchangedNodesAndSettingsThatCannotBeAreToldBeforeAnythingIsMeasured() throws Exception {
        var exchanged = mvn(
                "-Dstrixhalo.cluster.nodes.1.fabricAddress=192.168.113.2/30",
                "-Dstrixhalo.cluster.nodes.2.fabricAddress=192.168.113.1/30");

        assertThat(exchanged.exitCode()).isEqualTo(1);
        assertThat(exchanged.text())
                .contains("carries 192.168.113.1, the fabric address of node2, and not 192.168.113.2");

        var wrong = mvn("-Dstrixhalo.verify.where=moon", "-Dstrixhalo.verify.seconds=1");

        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.text()).contains("<where> of <verify> is 'moon'.", "<seconds> of <verify> is 1.");
    }

    private MavenRun mvn(String... arguments) throws StrixhaloException {
        var words = new ArrayList<>(List.of("strixhalo:verify", "-Duser.home=" + machines.resolve("home")));
        words.addAll(List.of(arguments));
        return project.mvn(words.toArray(String[]::new));
    }
}
