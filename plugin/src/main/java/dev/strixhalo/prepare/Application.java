package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.NodeConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Does what a plan says on one node, each step into the journal first, and says how far it is. */
final class Application {
    /** Of all steps together; each program has 25 minutes of its own (journal.sh). */
    private static final Duration LONGEST = Duration.ofHours(2);

    private final NodeConnection connection;
    private final NodePlan plan;
    private final Rights rights;
    private final Progress.Step step;

    Application(NodeConnection connection, NodePlan plan, Rights rights, Progress.Step step) {
        this.connection = connection;
        this.plan = plan;
        this.rights = rights;
        this.step = step;
    }

    /** Finishes a run that was cut off; the program is in the journal there. */
    void finish(Journal.Run run) throws StrixhaloException {
        apply(run.name(), "", List.of(Journal.FOLDER, run.name(), "-"));
    }

    /** Makes the changes, as a run of this name. */
    void make(String run) throws StrixhaloException {
        apply(run, Step.program(plan.changes()), List.of(Journal.FOLDER, run));
    }

    /** Goes on with a run of this name that has this many steps, if it has any on this node. */
    boolean goOn(String run, int steps) throws StrixhaloException {
        apply(run, Step.program(plan.changes(), steps), List.of(Journal.FOLDER, run, "more"));
        return true;
    }

    private void apply(String run, String program, List<String> parameters) throws StrixhaloException {
        var node = connection.node().name();
        var result = rights.run(
                "changing the host",
                Script.text("journal.sh", "apply.sh"),
                program,
                parameters,
                LONGEST,
                (stream, line) -> {
                    if (line.startsWith("@@begun ")) step.note(node, line.split(" ", 3)[2]);
                });
        demandDone(result, run);
    }

    private void demandDone(CommandResult result, String run) throws StrixhaloException {
        var said = new ArrayList<String>();
        String failed = null;
        String begun = "";
        for (var line : result.out()) {
            if (line.startsWith("@@said ")) said.add(line.substring("@@said ".length()));
            if (line.startsWith("@@begun ")) begun = line.substring("@@begun ".length());
            if (line.startsWith("@@failed ")) failed = line.substring("@@failed ".length());
        }
        if (result.succeeded() && failed == null) return;
        var what = begun.isEmpty()
                ? "The changes could not be begun."
                : "Step %s of the changes failed.".formatted(begun.replace(" ", " (") + ")");
        var problem = Problem.of(what).on(connection.node().name());
        if (begun.isEmpty() && failed != null) problem = problem.found(failed);
        for (var line : said) problem = problem.found(line);
        for (var line : result.err()) if (said.isEmpty()) problem = problem.found(line);
        problem = hint(problem, String.join("\n", said) + String.join("\n", result.err()))
                .fix("see what is wrong there, then: mvn strixhalo:prepare, which goes on where it stopped");
        if (!begun.isEmpty()) problem = problem.fix("take the run back: mvn strixhalo:prepare -Dstrixhalo.undo=" + run);
        throw new StrixhaloException(
                List.of(problem),
                begun.isEmpty()
                        ? "nothing was changed on %s."
                                .formatted(connection.node().name())
                        : "what was done before that step on %s stays, and stands in the journal of run %s."
                                .formatted(connection.node().name(), run),
                null);
    }

    /** What the words of tools mean that everyone meets sooner or later. */
    static Problem hint(Problem problem, String said) {
        if (said.contains("Read-only file system")) {
            return problem.fix(
                    "make the file system writable (ostree and live systems are not prepared): mount | grep ' / '");
        }
        if (said.contains("No space left on device")) return problem.fix("make room: df -h / /boot /var");
        if (said.contains("Could not get lock")
                || said.contains("is held by process")
                || said.contains("transaction lock")
                || said.contains("Waiting for process with pid")) {
            return problem.fix(
                    "wait for the other package manager (unattended upgrades?) to end: ps -C apt,apt-get,dpkg,dnf");
        }
        if (said.contains("Unable to locate package") || said.contains("No match for argument")) {
            return problem.fix(
                    "see whether the node's package sources work: sudo apt-get update, or sudo dnf makecache");
        }
        return problem;
    }
}
