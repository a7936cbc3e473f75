package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.base.Program;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;

/** What can befall a launch that was well begun: it tells the cause and the node, and whatever ends it, nothing stays half. */
final class LaunchAccidents implements Chapter {
    private static final String RANK = "ray::RayWorkerProc.*";
    /** What a shell makes of the signals. */
    private static final int CTRL_C = 130;

    private static final int KILLED = 137;
    private static final Duration INTERRUPTED = Duration.ofSeconds(15);
    /** The node script's own patience with a launcher that is gone, and the time that Ray takes to end. */
    private static final Duration LEASE = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "launch-accidents";
    }

    @Override
    public Set<String> needs() {
        return Set.of("deploy");
    }

    @Override
    public boolean mishaps() {
        return true;
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        var stages = new ArrayList<Refused>();
        report.step("nothing runs on the nodes", () -> {
            Launching.stopped(stage);
            stages.add(new Refused(stage));
        });
        var refused = stages.get(0);
        report.aside("a worker that never joins is named when its time is over", () -> {
            // The head's answers go to a card that nobody has: a black hole that looks well from both ends.
            unlessGood(stage.node1()
                    .asRoot(("ip neigh replace 192.168.100.2 lladdr 02:00:00:00:00:09 nud permanent dev fabric0")
                            .split(" ")));
            Program.Result said;
            try {
                said = stage.project()
                        .maven("strixhalo:launch", "-Dstrixhalo.until=ray", "-Dstrixhalo.serve.joinTimeout=25");
            } finally {
                unlessGood(stage.node1().asRoot("ip", "neigh", "del", "192.168.100.2", "dev", "fabric0"));
            }
            refused.judge(said, "node2: this node did not join Ray within 25", "firewall");
        });
        report.aside("a rank that dies while the model loads is told with its node", () -> {
            try (var launch = stage.project().start("strixhalo:launch")) {
                launch.await(
                        "its rank on node2",
                        () -> !Processes.of(stage.node2(), RANK).isEmpty());
                // The node script looks for ranks four times a second; one that it never saw is nobody's loss to it.
                Thread.sleep(1500);
                Processes.kill(stage.node2(), RANK);
                refused.judge(launch.end(), "node2: a rank of the model died", "is stopped again");
            }
        });
        report.aside("a model that does not fit into memory is told as that", () -> {
            var words = "-Dstrixhalo.serve.environment.VLLM_CPU_KVCACHE_SPACE=100000 -Dstrixhalo.serve.executor=mp"
                    + " -Dstrixhalo.serve.tensorParallelSize=1";
            refused.launch(words, "node1: the node has too little memory", "is stopped again");
        });
        report.aside("Ctrl-C ends a launch at once, and the next one, without standard input, works", () -> {
            interrupted(stage, CTRL_C);
            unlessSaid(ray(stage, "exec \"$@\" <&-"), "2.0 GPU");
            unlessGood(stage.project().maven("strixhalo:stop"));
            Launching.stopped(stage);
        });
        report.aside("kill -9 of Maven: the nodes end by themselves what nobody waits for", () -> {
            interrupted(stage, KILLED);
            soonStopped(stage);
        });
        report.aside("a reader that takes one line and goes makes no half launch", () -> {
            unlessSaid(ray(stage, "\"$@\" | head -1"), "Scanning for projects");
            unlessSaid(stage.project().maven("strixhalo:status"), "Ray alone was launched");
            unlessGood(stage.project()
                    .through("\"$@\" | head -1", "strixhalo:stop")
                    .run());
            Launching.stopped(stage);
        });
    }

    private static Program.Result ray(Stage stage, String shell) throws Exception {
        return unlessGood(stage.project()
                .through(shell, "strixhalo:launch", "-Dstrixhalo.until=ray")
                .run());
    }

    /** Ends Maven in the middle of a launch, when both nodes have begun. */
    private static void interrupted(Stage stage, int exitCode) throws Exception {
        try (var launch = stage.project().start("strixhalo:launch")) {
            launch.await(
                    "Ray on node2",
                    () -> !Processes.of(stage.node2(), ".*/raylet .*").isEmpty());
            if (exitCode == CTRL_C) launch.interrupt();
            else launch.kill();
            var said = launch.end(INTERRUPTED);
            unless(said.exitCode() == exitCode, "exit code " + said.exitCode() + " and not " + exitCode);
        }
    }

    private static void soonStopped(Stage stage) throws Exception {
        long deadline = System.nanoTime() + LEASE.toNanos();
        while (true) {
            try {
                Launching.stopped(stage);
                return;
            } catch (Mismatch left) {
                if (System.nanoTime() > deadline) throw left;
                Thread.sleep(1000);
            }
        }
    }
}
