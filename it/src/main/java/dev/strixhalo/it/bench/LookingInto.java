package dev.strixhalo.it.bench;

import static dev.strixhalo.it.stage.Mismatch.unless;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.Progress;
import dev.strixhalo.it.bed.HipToolchain;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What GPU code is inside Debian's librccl 7.2.4, 379 MB of it compressed: by us, in a virtual machine with 64 MB of heap, and
 * by LLVM's own tool. That one (22.1) unpacks all of it into memory and dies on this very file after two of nine targets; the
 * time until then is what counts for it.
 */
final class LookingInto implements Contest {
    private static final Race WHOLE =
            new Race("inspect 379 MB: whole run", "llvm-objdump", Unit.SECONDS, Aim.atMost(1));
    /** Nine targets, each with the header of its code object. */
    private static final String SEEN =
            "gfx1030 gfx1100 gfx1101 gfx1200 gfx1201 gfx908 gfx90a gfx942 gfx950, headers read: 9";

    private @Nullable Path library;

    @Override
    public String name() {
        return "inspect";
    }

    @Override
    public void prepare(Course course) throws Exception {
        library = HipToolchain.make(course.places().cache(), Progress.SILENT).negative(Progress.SILENT);
        // Both find the file in memory.
        course.run("prepare-inspect", Program.of("cksum", library.toString()));
    }

    @Override
    public void round(int number, Course course, Scores scores) throws Exception {
        var file = Objects.requireNonNull(library, "prepared").toString();
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var ours = course.run(
                "inspect-ours",
                Program.of(
                        java,
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        InspectOnce.class.getName(),
                        file));
        unless(ours.result().text().equals(SEEN), ours.result().text());
        // It puts what it unpacks beside the file.
        var beside = Files.createTempDirectory("bench-inspect");
        try {
            Files.createSymbolicLink(beside.resolve("librccl.so.1.0"), Path.of(file));
            var rival = course.run(
                    "inspect-llvm-objdump",
                    Program.of(List.of("sh", "-c", "llvm-objdump-22 --offloading librccl.so.1.0; echo ended with $?"))
                            .in(beside));
            unless(rival.result().text().contains("gfx1030"), rival.result().text());
            scores.ours(WHOLE, ours.seconds());
            scores.rival(WHOLE, rival.seconds());
        } finally {
            Folders.remove(beside);
        }
    }
}
