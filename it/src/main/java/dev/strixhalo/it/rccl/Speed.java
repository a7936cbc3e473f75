package dev.strixhalo.it.rccl;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.it.rehearsal.Report;
import java.time.Duration;
import java.util.ArrayList;
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
            project=$1 jobs=$2 patches=$3
            shift 3
            at=/var/tmp/by-hand
            rm -rf "$at"
            mkdir "$at"
            cd "$at"
            tar -xzf "$project/rccl_5.4.3.orig.tar.gz"
            cd rccl-rocm-5.4.3
            for patch in $patches; do patch -s -p1 <"$project/$patch"; done
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
                "a project with RCCL's tarball, on a machine with ROCm and Maven", () -> RealRccl.project(workshop));
        report.aside("RCCL with AllReduce of floats alone, by the goal and by the same commands, typed", () -> {
            project.rccl(RealRccl.xml(RealRccl.PATCH, RealRccl.SHORT));
            both(workshop, project, RealRccl.PATCH, RealRccl.SHORT);
        });
        report.aside("RCCL with all of AllReduce, in the same two ways", () -> {
            project.rccl(RealRccl.xml(RealRccl.PATCH));
            both(workshop, project, RealRccl.PATCH);
        });
        report.aside("a run that builds nothing, and one of Maven that does nothing", () -> {
            double unchanged = median(() -> unlessGood(project.maven("strixhalo:build-rccl")));
            double nothing = median(() -> unlessGood(project.maven("validate")));
            unlessSaid(project.maven("strixhalo:build-rccl"), "unchanged ");
            System.out.printf(
                    "        unchanged %.2f s, Maven alone %.2f s: %.2f s of our own%n",
                    unchanged, nothing, unchanged - nothing);
        });
    }

    /** All of Maven is counted for ours. */
    private static void both(Workshop workshop, UsersProject project, String... patches) throws Exception {
        project.forget();
        double ours = seconds(() -> unlessGood(project.maven("strixhalo:build-rccl")));
        var record = new ObjectMapper()
                .readTree(project.at("target/strixhalo/rccl/rccl.json").toFile());
        var argv = new ArrayList<>(List.of("sh", "-c", BY_HAND, "sh", project.folder()));
        argv.add(record.findValue("jobs").asText());
        argv.add(String.join(" ", patches));
        record.findValue("options")
                .fields()
                .forEachRemaining(option -> argv.add(
                        "-D" + option.getKey() + "=" + option.getValue().asText()));
        var typed = workshop.machine().program(argv).timeout(Duration.ofMinutes(20));
        double theirs = seconds(() -> unlessGood(typed.run()));
        var library = workshop.machine().disk().resolve("by-hand/output/usr/lib/librccl.so.1.0");
        unless(
                Readelf.read(library)
                        .symbols()
                        .equals(Readelf.read(project.library()).symbols()),
                "the two libraries have other symbols");
        System.out.printf("        by the goal %.1f s, by hand %.1f s: %.3fx%n", ours, theirs, ours / theirs);
    }

    private static double median(Callable<?> run) throws Exception {
        var all = new ArrayList<Double>();
        for (int i = 0; i < ROUNDS; i++) all.add(seconds(run));
        return all.stream().sorted().toList().get(ROUNDS / 2);
    }

    private static double seconds(Callable<?> run) throws Exception {
        long start = System.nanoTime();
        run.call();
        return (System.nanoTime() - start) / 1e9;
    }
}
