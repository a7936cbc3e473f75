package dev.strixhalo.it.rccl;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Report;
import java.io.IOException;
import java.nio.file.Files;

/** The library of one kernel, on a machine with ROCm: the same bytes again, a failure, two ways to end. */
final class SmallBuilds implements Chapter {
    private static final String LOCAL = "<toolchain><kind>local</kind></toolchain>";

    @Override
    public String name() {
        return "local";
    }

    @Override
    public void play(Workshop workshop, Report report) throws Report.ChapterBroken {
        var project = report.make("from empty folders the small library is built", () -> {
            var made = workshop.small(workshop.machine(), "small", LOCAL);
            made.forget();
            unlessSaid(unlessGood(made.maven("strixhalo:build-rccl")), "built ");
            workshop.remember("local", made.sha256());
            return made;
        });
        report.aside("from empty folders again, in a folder with a space in its name, it has the same sha256", () -> {
            var other = workshop.small(workshop.machine(), "small again", LOCAL);
            other.forget();
            unlessSaid(unlessGood(other.maven("strixhalo:build-rccl")), "built ");
            unless(other.sha256().equals(workshop.digests().get("local")), "it has " + other.sha256());
        });
        report.aside(
                "without the patch and with the look switched off, the failure is explained in one sentence", () -> {
                    var bare = workshop.small(workshop.machine(), "bare", LOCAL);
                    bare.rccl("<source><folder>small</folder></source><look>false</look>" + LOCAL);
                    var failed = bare.maven("strixhalo:build-rccl");
                    unless(failed.exitCode() == 1, "exit code " + failed.exitCode());
                    unlessSaid(failed, "The sources use a clock that this GPU does not have (s_memrealtime).");
                    unlessSaid(failed, "'__builtin_amdgcn_s_memrealtime' needs target feature s-memrealtime");
                    unlessSaid(failed, "  fix     ");
                    unless(Files.exists(bare.at("target/strixhalo/rccl-build.log")), "there is no log");
                    unless(!Files.exists(bare.at("target/strixhalo/rccl")), "something half-made is left");
                });
        report.aside("with ccache it is compiled once more, and out of the first one's objects the next time", () -> {
            var cached = workshop.small(workshop.machine(), "cached", LOCAL + "<ccache>true</ccache>");
            var first = unlessGood(cached.maven("strixhalo:build-rccl"));
            unlessSaid(first, "ccache: the bytes of a first build with it differ");
            unless(hits(workshop) == 0, hits(workshop) + " objects were there before");
            unlessGood(workshop.machine().run("sh", "-c", "rm -r ~/.cache/strixhalo/rccl/built"));
            unlessSaid(unlessGood(cached.maven("strixhalo:build-rccl")), "built ");
            unless(hits(workshop) > 0, "nothing of the first compilation was used");
        });
        new Ending(project, project.computer()).play(report);
    }

    /** What ccache itself counts. */
    private static int hits(Workshop workshop) throws StrixhaloException, IOException, Mismatch {
        var said = unlessGood(workshop.machine()
                .run("sh", "-c", "CCACHE_DIR=$HOME/.cache/strixhalo/rccl/ccache ccache --print-stats"));
        int hits = 0;
        for (var line : said.out()) {
            var words = line.split("\t");
            if (words[0].matches("(direct|preprocessed)_cache_hit")) hits += Integer.parseInt(words[1]);
        }
        return hits;
    }
}
