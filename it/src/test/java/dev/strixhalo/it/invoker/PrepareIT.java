package dev.strixhalo.it.invoker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The goal prepare on this very machine, as far as it goes without changing it: plan, refusals, nothing to take back. */
@Timeout(300)
class PrepareIT {
    private static StagedPlugin plugin;

    private Project project;

    @BeforeAll
    static void stage() throws IOException {
        plugin = StagedPlugin.in(Project.all());
    }

    @BeforeEach
    void project() throws IOException {
        project = Project.of(plugin, "prepare ", """
                <cluster><link>tcp</link><nodes>
                  <node><host>local</host><fabricAddress>192.168.100.1/30</fabricAddress><fabricInterface>no-such0</fabricInterface></node>
                </nodes></cluster>
                """, "");
    }

    @Test
    void aDryRunShowsThePlanLeavesTheRecordAndChangesNothing() throws Exception {
        var run = mvn("strixhalo:prepare", "-Dstrixhalo.dryRun");

        assertThat(run.exitCode()).as(run.text()).isZero();
        assertThat(String.join("\n", run.lines("[INFO]")))
                .contains("cannot: <fabricInterface> is no-such0, which this node has not.");
        assertThat(project.records().resolve("prepare.json"))
                .content()
                .contains("\"kind\" : \"strixhalo.prepare\"", "\"schema\" : 1", "\"applied\" : false");
        assertThat(Path.of("/var/lib/strixhalo")).doesNotExist();
    }

    @Test
    void withoutATerminalNothingIsDoneUnlessYesWasSaid() throws Exception {
        var run = mvn("strixhalo:prepare");
        assumeTrue(!run.text().contains("nothing to do"), "nothing is to be changed on this machine");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.errors()).first().asString().isEqualTo(" Nobody is there to be asked: Change node1 so?");
        assertThat(run.errors()).contains("   fix     say yes beforehand: -Dstrixhalo.yes");
        assertThat(Path.of("/var/lib/strixhalo")).doesNotExist();
    }

    @Test
    void anUndoWithoutAJournalSaysSo() throws Exception {
        var last = mvn("strixhalo:prepare", "-Dstrixhalo.undo", "-Dstrixhalo.yes");

        assertThat(last.exitCode()).isEqualTo(1);
        assertThat(last.errors())
                .first()
                .asString()
                .isEqualTo(" There is nothing to take back: no node has a journal of prepare.");

        var named = mvn("strixhalo:prepare", "-Dstrixhalo.undo=20260101T000000Z", "-Dstrixhalo.yes");

        assertThat(named.exitCode()).isEqualTo(1);
        // There is no run whose name could be offered instead.
        assertThat(named.errors().get(0)).isEqualTo(last.errors().get(0));
    }

    private MavenRun mvn(String... arguments) throws StrixhaloException {
        return project.mvn(arguments);
    }
}
