package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.base.Program;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.NodeState;
import dev.strixhalo.it.stage.Stage;

/** A launch that must fail: it says why and what to do, ends with exit code 1, and leaves the nodes as they were. */
final class Refused {
    private final Stage stage;
    private final NodeState before;

    /** Takes the nodes as they are now for what they must be after each failure. */
    Refused(Stage stage) throws Exception {
        this.stage = stage;
        this.before = NodeState.of(stage).butLogs();
    }

    /** Launches with these words of the command line, which must fail and say all of that. */
    Program.Result launch(String words, String... said) throws Exception {
        return judge(stage.project().maven(("strixhalo:launch " + words).strip().split(" +")), said);
    }

    /** A launch that ended must have failed like this. */
    Program.Result judge(Program.Result result, String... said) throws Exception {
        if (result.exitCode() != 1) throw Mismatch.of("exit code " + result.exitCode() + " and not 1", result);
        unlessSaid(result, said);
        unlessSaid(result, "  fix     ");
        if (Mismatch.said(result).contains("This is a bug")) throw Mismatch.of("it failed by a bug", result);
        Launching.stopped(stage);
        NodeState.unlessSame(before, NodeState.of(stage).butLogs());
        return result;
    }
}
