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
    void aDifferenceShowsWhatChangesAndALineAround() {
        assertThat(PlanText.difference(
                        List.of("a", "b", "c", "d", "e", "f", "g"), List.of("a", "b", "C", "d", "e", "f")))
                .containsExactly("  b", "- c", "+ C", "  d", "  …", "  f", "- g");
        assertThat(PlanText.difference(List.of(), List.of("x"))).containsExactly("+ x");
        assertThat(PlanText.difference(List.of("x"), List.of("x"))).isEmpty();
    }
}
