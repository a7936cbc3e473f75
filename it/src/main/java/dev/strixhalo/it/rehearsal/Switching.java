package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.stage.ImageRecord;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.RunningMaven;
import dev.strixhalo.it.stage.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** A deploy of another image that is cut off at the gate or at the switch, in every way: the next run recovers. */
final class Switching implements Chapter {
    private static final Duration SOON = Duration.ofSeconds(60);

    private int greetings;

    @Override
    public String name() {
        return "cut-off";
    }

    @Override
    public boolean mishaps() {
        return true;
    }

    @Override
    public Set<String> needs() {
        return Set.of("deploy");
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        report.aside("two deploys at once: the second is told who is at work, the first is not disturbed", () -> {
            another(stage);
            try (var first = stage.project().start("strixhalo:deploy")) {
                first.await("the lock", () -> holdsLock(stage));
                var second = stage.project().maven("strixhalo:deploy");
                if (second.exitCode() != 1) throw Mismatch.of("exit code " + second.exitCode() + ", wanted 1", second);
                unlessSaid(second, "someone else is changing this cluster");
                unlessSaid(second, "deploy by " + stage.operator().user());
                unlessGood(first.end());
            }
            recovers(stage);
        });
        report.aside("kill -9 at the gate: both old containers run on, and the next deploy goes through", () -> {
            var old = ImageRecord.of(stage.project());
            another(stage);
            try (var maven = stage.project().start("strixhalo:deploy")) {
                maven.await("the gate of node2", () -> running(stage.node2(), "strix-gate"));
                maven.kill();
                unless(maven.end(SOON).exitCode() != 0, "it succeeded");
            }
            for (var node : stage.bed().nodes()) {
                unless(running(node, Deploying.container(old)), node.name() + ": the old container does not run");
            }
            RunningMaven.nothingGoesOn(stage.bed().nodes(), "strix-gate");
            recovers(stage);
        });
        report.aside("kill -9 at the switch: the next deploy goes through", () -> {
            cutOff(stage, RunningMaven::kill);
            recovers(stage);
        });
        report.aside("Ctrl-C at the switch: the next deploy goes through", () -> {
            cutOff(stage, RunningMaven::interrupt);
            recovers(stage);
        });
        report.step("node2 loses power at the switch: node1 is taken back, and the next deploy goes through", () -> {
            var old = ImageRecord.of(stage.project());
            another(stage);
            try (var maven = stage.project().start("strixhalo:deploy")) {
                var made = Deploying.container(ImageRecord.of(stage.project()));
                maven.await("the switch of node2", () -> exists(stage.node2(), made));
                stage.node2().powerOff();
                var said = maven.end();
                unless(said.exitCode() == 1, "exit code " + said.exitCode());
                unlessSaid(said, "node2");
            } finally {
                stage.node2().powerOn();
            }
            unless(running(stage.node1(), Deploying.container(old)), "node1 does not run what it ran before");
            recovers(stage);
        });
    }

    private interface Cut {
        void of(RunningMaven maven) throws Exception;
    }

    /** Deploys another image and cuts that off as soon as node1 has its container. */
    private void cutOff(Stage stage, Cut cut) throws Exception {
        another(stage);
        try (var maven = stage.project().start("strixhalo:deploy")) {
            var made = Deploying.container(ImageRecord.of(stage.project()));
            maven.await("the switch of node1", () -> exists(stage.node1(), made));
            cut.of(maven);
            unless(maven.end(SOON).exitCode() != 0, "it was cut off too late");
        }
        RunningMaven.nothingGoesOn(stage.bed().nodes(), "_sx_");
    }

    /** Changes the user's layer. */
    private void another(Stage stage) throws Exception {
        stage.project().put("prompts/greeting.txt", "greeting number " + ++greetings + "\n");
        unlessGood(stage.project().maven("strixhalo:build-image"));
    }

    /** The next deploy leaves one container running on each node, that of the new image. */
    private static void recovers(Stage stage) throws Exception {
        unlessGood(stage.project().maven("strixhalo:deploy"));
        var wanted = Deploying.container(ImageRecord.of(stage.project()));
        for (var node : stage.bed().nodes()) {
            var runs = unlessGood(node.run("podman", "ps", "--format", "{{.Names}}"))
                    .out();
            unless(runs.equals(List.of(wanted)), node.name() + " runs " + runs + ", not " + wanted);
        }
        unlessSaid(unlessGood(stage.project().maven("strixhalo:deploy")), "nothing to do");
    }

    private static boolean running(Machine node, String container) throws Exception {
        return node.run("podman", "container", "inspect", "--format", "{{.State.Status}}", container)
                .text()
                .equals("running");
    }

    private static boolean exists(Machine node, String container) throws Exception {
        return node.run("podman", "container", "exists", container).succeeded();
    }

    private static boolean holdsLock(Stage stage) throws Exception {
        // Locks are taken in the order of the nodes; the file stays, its lock does not.
        var lock = stage.node2().home() + "/.local/state/strixhalo/strix/lock";
        return stage.node2()
                .run("sh", "-c", "[ -e \"$1\" ] && ! flock --nonblock \"$1\" true", "sh", lock)
                .succeeded();
    }
}
