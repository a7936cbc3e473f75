package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.RemoteCommand;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What undo.sh says, read; and differences of files. */
class UndoPlanTest {
    /** What the script said, as the plan takes it from a node. */
    static List<UndoPlan.Entry> entries(Program.Result result) throws StrixhaloException {
        return UndoPlan.parse(
                new CommandResult("node1", RemoteCommand.of("undo"), result.exitCode(), result.out(), List.of()));
    }

    @Test
    void aStepThatCannotBeTakenBackIsToldWithItsWordsAndTheWayOn() {
        var said = new CommandResult(
                "node1",
                RemoteCommand.of("undo"),
                1,
                List.of("@@entry 003 x command undo eA==", "@@said cp: No space left on device", "@@failed 002"),
                List.of());

        assertThatThrownBy(() -> UndoPlan.parse(said)).isInstanceOfSatisfying(StrixhaloException.class, failure -> {
            assertThat(failure).hasMessage("node1: Step 002 could not be taken back.");
            assertThat(failure.problems().get(0).found()).containsExactly("cp: No space left on device");
            assertThat(failure.problems().get(0).fixes()).first().asString().startsWith("make room");
        });
    }

    @Test
    void whatWouldEndContainersWaitsForThem() throws StrixhaloException {
        var busy = StateSamples.debian().with("containers", "8a8a8a8a8a8a").state();
        var plan = taking("linger", "undo");

        plan.running("node1", busy);

        assertThat(plan.lines()).contains("  waits until none runs: 1 container of 'strix' runs");
        assertThatThrownBy(plan::demandNoContainers).isInstanceOfSatisfying(StrixhaloException.class, failure -> {
            assertThat(failure).hasMessage("node1: Taking run 20261127T010000Z back would end containers.");
            assertThat(failure.problems().get(0).found()).containsExactly("1 container of 'strix' runs");
        });

        plan.running("node1", StateSamples.debian().with("containers", "").state());
        plan.demandNoContainers();
        assertThat(plan.lines()).noneMatch(line -> line.contains("waits"));
    }

    @Test
    void containersBearAnUndoThatDoesNotTouchThem() throws StrixhaloException {
        var busy = StateSamples.debian().with("containers", "8a8a8a8a8a8a").state();
        for (var plan : List.of(taking("memlock", "undo"), taking("linger", "nothing"))) {
            plan.running("node1", busy);

            plan.demandNoContainers();
            assertThat(plan.lines()).noneMatch(line -> line.contains("waits"));
        }
    }

    private static UndoPlan taking(String change, String verdict) throws StrixhaloException {
        var plan = new UndoPlan("20261127T010000Z");
        plan.put(
                "node1",
                new CommandResult(
                        "node1",
                        RemoteCommand.of("undo"),
                        0,
                        List.of(
                                "@@entry 001 " + change + " command " + verdict + " eA==",
                                "@@taken-back 20261127T010000Z"),
                        List.of()));
        return plan;
    }

    @Test
    void aDifferenceShowsWhatChangesAndALineAround() {
        assertThat(PlanText.difference(
                        List.of("a", "b", "c", "d", "e", "f", "g"), List.of("a", "b", "C", "d", "e", "f")))
                .containsExactly("  b", "- c", "+ C", "  d", "  …", "  f", "- g");
        assertThat(PlanText.difference(List.of(), List.of("x"))).containsExactly("+ x");
        assertThat(PlanText.difference(List.of("x"), List.of("x"))).isEmpty();
    }
}
