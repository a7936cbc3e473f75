package dev.strixhalo.it.rccl;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.bed.Computer;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.RunningMaven;
import java.time.Duration;
import java.util.List;

/** A build that ends before its time, in two ways: nothing of it goes on, and the next one finds nothing in its way. */
final class Ending {
    private static final Duration SOON = Duration.ofSeconds(25);
    /** The compiler proper, at work on the only kernel. */
    private static final String COMPILER = "clang.*all_reduce";
    /** Whatever a build starts; of podman only the process that minds a container. */
    private static final String[] PARTS = {
        "clang", "ninja", "cmake", "hipcc", "leash.sh", "build.sh", "conmon", "podman run"
    };

    private final UsersProject project;
    private final Computer compiling;

    /** @param compiling the computer on which the compiler of this project runs */
    Ending(UsersProject project, Computer compiling) {
        this.project = project;
        this.compiling = compiling;
    }

    private interface End {
        void come(RunningMaven maven) throws Exception;
    }

    /** Plays both. */
    void play(Report report) {
        report.aside(
                "Ctrl-C while it compiles: exit code 130, nothing goes on, and nothing is in the next one's way",
                () -> {
                    broken(maven -> {
                        maven.interrupt();
                        var ended = maven.end(SOON);
                        unless(ended.exitCode() == 130, "exit code " + ended.exitCode());
                    });
                    next();
                });
        report.aside("kill -9 while it compiles: nothing goes on, and nothing is in the next one's way", () -> {
            broken(maven -> {
                maven.kill();
                unless(maven.end(SOON).exitCode() != 0, "it succeeded");
            });
            next();
        });
    }

    private void broken(End end) throws Exception {
        fresh();
        try (var maven = project.start("strixhalo:build-rccl")) {
            maven.await(
                    "the compiler",
                    () -> compiling
                            .asRoot("pgrep", "-u", compiling.user(), "-f", COMPILER)
                            .succeeded());
            end.come(maven);
        }
        RunningMaven.nothingGoesOn(List.of(compiling), PARTS);
    }

    private void next() throws Exception {
        unlessSaid(unlessGood(project.maven("strixhalo:build-rccl")), "built ");
    }

    /** The cache of the goal goes, so that there is something to compile. */
    private void fresh() throws Exception {
        project.forget();
    }
}
