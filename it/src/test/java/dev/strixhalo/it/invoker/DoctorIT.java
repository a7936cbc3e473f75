package dev.strixhalo.it.invoker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The goal doctor on this very machine, which is no Strix Halo: what it finds wrong here is really wrong. */
@Timeout(300)
class DoctorIT {
    private static StagedPlugin plugin;

    private Project project;

    @BeforeAll
    static void stage() throws IOException {
        plugin = StagedPlugin.in(Project.all());
    }

    @BeforeEach
    void project() throws IOException {
        project = Project.of(
                plugin, "Ärztin und Knoten ", """
                <cluster><link>tcp</link><nodes>
                  <node><host>local</host><fabricAddress>127.0.0.1/8</fabricAddress></node>
                  <node><host>two.invalid</host><fabricAddress>127.0.0.2/8</fabricAddress></node>
                </nodes></cluster>
                """, "<execution><goals><goal>doctor</goal></goals></execution>");
    }

    @Test
    void judgesTheNodeThatAnswersBesideOneThatDoesNotAndLeavesBothReports() throws Exception {
        // Bound without a phase, it runs in validate.
        var run = mvn("validate");

        assertThat(run.exitCode()).as(run.text()).isEqualTo(1);
        var screen = run.lines("[INFO]");
        assertThat(screen).anyMatch(line -> line.matches(" +node1 +node2"));
        assertThat(screen).anyMatch(line -> line.matches(" node +reachable +answered +ok .*\\bfail"));
        assertThat(screen).anyMatch(line -> line.matches(" \\d+ ok · \\d+ warn · \\d+ fail · \\d+ skip"));
        assertThat(screen).contains(" fail  reachable  node2");
        assertThat(screen)
                .filteredOn(line -> line.matches(" \\w* +[a-z-]+ .* (ok|warn|fail|skip)"))
                .hasSizeGreaterThan(30)
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(93));
        assertThat(String.join("\n", screen)).contains("two.invalid").doesNotContain("\u001b");
        assertThat(run.errors()).first().asString().matches(" \\d+ checks? of doctor failed\\.");
        assertThat(run.text()).doesNotContain("Exception:", "\tat ");

        var records = project.records();
        assertThat(records.resolve("doctor.json"))
                .content()
                .contains("\"kind\" : \"strixhalo.doctor\"", "\"schema\" : 1");
        var suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(records.resolve("TEST-strixhalo-doctor.xml").toFile())
                .getDocumentElement();
        assertThat(Integer.parseInt(suite.getAttribute("tests")))
                .isEqualTo(suite.getElementsByTagName("testcase").getLength())
                .isGreaterThan(60);
    }

    @Test
    void nodesOfWhichNoneAnswersAreAReportToo() throws Exception {
        var run = mvn(
                "strixhalo:doctor",
                "-Dstrixhalo.cluster.nodes.1.host=one.invalid",
                // That nobody answers cannot be left out.
                "-Dstrixhalo.skipChecks=reachable");

        assertThat(run.exitCode()).as(run.text()).isEqualTo(1);
        assertThat(run.errors()).first().asString().isEqualTo(" 2 checks of doctor failed.");
        assertThat(run.lines("[INFO]")).contains(" fail  reachable  node1", " fail  reachable  node2");
        assertThat(project.records().resolve("doctor.json")).exists();
    }

    @Test
    void unknownChecksAreNamedWithTheNearestAndOneIsToldAtLength() throws Exception {
        var unknown = mvn("strixhalo:doctor", "-Dstrixhalo.skipChecks=clock,kernel-versoin");

        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.errors())
                .contains(
                        " <skipChecks> names 'kernel-versoin', which is no check of doctor.",
                        "   fix     did you mean kernel-version?");

        var told = mvn("strixhalo:doctor", "-Dstrixhalo.explain=roce-mode");

        assertThat(told.exitCode()).as(told.text()).isZero();
        assertThat(String.join("\n", told.lines("[INFO]"))).contains("roce-mode", "links   roce", "iWARP", "devlink");
    }

    private MavenRun mvn(String... arguments) throws StrixhaloException {
        return project.mvn(arguments);
    }
}
