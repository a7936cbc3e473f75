package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.bed.UpstreamRegistry;
import dev.strixhalo.it.stage.Counters;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.RunningMaven;
import dev.strixhalo.it.stage.Stage;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** A deploy that ends while the nodes pull the base, in every way: nothing goes on, nothing was changed. */
final class BreakingOff implements Chapter {
    /** Enough to be sure that a layer of the base is on its way, far less than it has. */
    private static final long UNDER_WAY = 30_000_000;

    private static final Duration SOON = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "broken-off";
    }

    @Override
    public boolean mishaps() {
        return true;
    }

    @Override
    public Set<String> needs() {
        return Set.of("image");
    }

    /** What ends the pull. */
    private interface End {
        void come(RunningMaven maven) throws Exception;
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        report.step("a model lies on both nodes, and their user lingers", stage::prepareNodes);
        report.aside("Ctrl-C while the nodes pull: exit code 130, nothing goes on there, nothing was changed", () -> {
            broken(stage, maven -> {
                maven.interrupt();
                unless(
                        maven.end(SOON).exitCode() == 130,
                        "exit code " + maven.end().exitCode());
            });
        });
        report.aside("kill -9 while the nodes pull: nothing goes on there, nothing was changed", () -> {
            broken(stage, maven -> {
                maven.kill();
                unless(maven.end(SOON).exitCode() != 0, "it succeeded");
            });
        });
        report.aside("broken off and run again, a pull asks for no layer that had come whole", () -> {
            var layers = stage.artefacts().base().layers();
            var first = layers.get(0).digest();
            broken(stage, maven -> {
                for (var node : stage.bed().nodes())
                    maven.await("the first layer on " + node.name(), () -> has(node, first));
                maven.kill();
            });
            int before = stage.registry().accesses().size();
            broken(stage, RunningMaven::kill);
            var asked = stage.registry().accesses();
            for (var node : stage.bed().nodes()) {
                var blobs = asked.subList(before, asked.size()).stream()
                        .filter(access -> access.client().equals(node.lanAddress()))
                        .map(UpstreamRegistry.Access::path)
                        .toList();
                unless(
                        blobs.stream()
                                .anyMatch(path -> path.endsWith(layers.get(1).digest())),
                        node.name() + " asked for " + blobs);
                unless(
                        blobs.stream().noneMatch(path -> path.endsWith(first)),
                        node.name() + " asked again for " + first);
            }
        });
        report.aside("the registry dies while the nodes pull: both are named, nothing was changed", () -> {
            try {
                broken(stage, maven -> {
                    stage.registry().stop();
                    var said = maven.end();
                    unless(said.exitCode() == 1, "exit code " + said.exitCode());
                    for (var node : stage.bed().nodes()) unlessSaid(said, node.name() + ": ");
                    unlessSaid(said, stage.registry().host());
                    unlessSaid(said, "nothing was switched");
                });
            } finally {
                stage.registry().restart();
            }
        });
        report.step("node2 loses power while it pulls: that is said at once, and it boots with nothing changed", () -> {
            try {
                broken(
                        stage,
                        maven -> {
                            stage.node2().powerOff();
                            maven.awaitSaid("node2: ");
                            maven.awaitSaid("The others go on");
                            maven.interrupt();
                            unless(
                                    maven.end(SOON).exitCode() == 130,
                                    "exit code " + maven.end().exitCode());
                        },
                        stage.node1());
            } finally {
                stage.node2().powerOn();
            }
            noContainer(stage.bed().nodes());
        });
    }

    private static void broken(Stage stage, End end) throws Exception {
        broken(stage, end, stage.node1(), stage.node2());
    }

    /** Deploys until all nodes receive the base, ends it, and looks at those that are left. */
    private static void broken(Stage stage, End end, Machine... left) throws Exception {
        for (var node : stage.bed().nodes()) {
            // On a bed that was kept it is there already; this chapter is about its coming.
            node.run("podman", "rmi", "--all", "--force").orFail();
        }
        try (var maven = stage.project().start("strixhalo:deploy")) {
            for (var node : stage.bed().nodes()) {
                long before = Counters.read(node, "lan0").received();
                maven.await(
                        "the pull of " + node.name(),
                        () -> Counters.read(node, "lan0").received() - before > UNDER_WAY);
            }
            end.come(maven);
        }
        RunningMaven.nothingGoesOn(List.of(left), "podman pull", "_sx_");
        noContainer(List.of(left));
    }

    /** Whether podman has put this layer, known by its compressed digest, into its storage. */
    private static boolean has(Machine node, String layer) throws Exception {
        var storage = node.home() + "/.local/share/containers/storage/overlay-layers/layers.json";
        return node.run("grep", "-qF", layer, storage).succeeded();
    }

    private static void noContainer(List<Machine> nodes) throws Exception {
        for (var node : nodes) {
            var there = Mismatch.unlessGood(node.run("podman", "ps", "--all", "--quiet"));
            unless(there.out().isEmpty(), node.name() + " has containers: " + there.out());
        }
    }
}
