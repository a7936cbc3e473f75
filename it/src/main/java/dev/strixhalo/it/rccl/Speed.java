package dev.strixhalo.it.rccl;

import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.it.rehearsal.Report;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * What the goal costs beyond the compiler: figures for the benchmark, of one round; nothing fails for being slow. Both sides
 * build the same sources with the same arguments of CMake and as many jobs, on the same machine.
 */
final class Speed implements Chapter {
    private static final int ROUNDS = 3;

    /** As one would type it; the arguments of CMake come last. */
    private static final String BY_HAND = """
            set -eu
            project=$1 jobs=$2
            shift 2
            at=/var/tmp/by-hand
            rm -rf "$at"
            mkdir "$at"
            cd "$at"
            tar -xzf "$project/rccl_5.4.3.orig.tar.gz"
            cd rccl-rocm-5.4.3
            for patch in "$project"/*.patch; do patch -s -p1 <"$patch"; done
            CXX=/usr/bin/hipcc cmake -G Ninja -S . -B "$at/build" -DROCM_PATH=/usr -DCMAKE_CXX_COMPILER=/usr/bin/hipcc "$@"
            ninja -C "$at/build" -j "$jobs" rccl
            DESTDIR=$at/output cmake --install "$at/build" --prefix /usr --strip
            """;

    @Override
    public String name() {
        return "speed";
    }

    @Override
    public boolean onDemand() {
        return true;
    }

    @Override
    public void play(Workshop workshop, Report report) throws Report.ChapterBroken {
        var project = report.make(
                "a project with RCCL's tarball, on a machine with ROCm and Maven",
                () -> workshop.project(workshop.machine(), "rccl")
                        .put(RealRccl.TARBALL, workshop.toolchain().tarball())
                        .patch(RealRccl.PATCH)
                        .patch(RealRccl.SHORT)
                        .rccl(RealRccl.patched()));
        var ours = report.make("RCCL by the goal, all of Maven counted", () -> {
            project.forget();
            return seconds(() -> unlessGood(project.maven("strixhalo:build-rccl")));
        });
        var theirs = report.make("RCCL by the same commands, typed", () -> {
            var record = new ObjectMapper()
                    .readTree(project.at("target/strixhalo/rccl/rccl.json").toFile());
            var argv = new java.util.ArrayList<>(List.of("sh", "-c", BY_HAND, "sh", project.folder()));
            argv.add(record.findValue("jobs").asText());
            record.findValue("options")
                    .fields()
                    .forEachRemaining(option -> argv.add(
                            "-D" + option.getKey() + "=" + option.getValue().asText()));
            var typed = workshop.machine().program(argv).timeout(Duration.ofMinutes(20));
            return seconds(() -> unlessGood(typed.run()));
        });
        report.aside("a run that builds nothing, and one of Maven that does nothing", () -> {
            double unchanged = median(() -> unlessGood(project.maven("strixhalo:build-rccl")));
            double nothing = median(() -> unlessGood(project.maven("validate")));
            unlessSaid(project.maven("strixhalo:build-rccl"), "unchanged ");
            System.out.printf(
                    "        built    %.1f s, by hand %.1f s: %.3fx%n        unchanged %.2f s, Maven alone %.2f s: %.2f s of our own%n",
                    ours, theirs, ours / theirs, unchanged, nothing, unchanged - nothing);
        });
    }

    private static double median(Callable<?> run) throws Exception {
        var all = new java.util.ArrayList<Double>();
        for (int i = 0; i < ROUNDS; i++) all.add(seconds(run));
        return all.stream().sorted().toList().get(ROUNDS / 2);
    }

    private static double seconds(Callable<?> run) throws Exception {
        long start = System.nanoTime();
        run.call();
        return (System.nanoTime() - start) / 1e9;
    }
}
