package dev.strixhalo.it.rccl;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.stage.Places;
import dev.strixhalo.it.stage.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Plays the chapters; started by {@code it/rccl}. */
public final class Rccl {
    private static final List<Chapter> CHAPTERS = List.of(
            new RealRccl(), new SmallBuilds(), new Refusals(), new InContainer(), new OnNode(), new AgainstTools());

    private Rccl() {}

    /** Exit code 0 when every step passed, 1 when one did not, 2 when the machine or the command line is at fault. */
    public static void main(String[] arguments) {
        int code;
        try {
            code = play(wanted(List.of(arguments)), System.getenv()) ? 0 : 1;
        } catch (IllegalArgumentException | IOException e) {
            System.err.println("rccl: " + e.getMessage());
            code = 2;
        } catch (StrixhaloException e) {
            for (var problem : e.problems()) {
                System.err.println("rccl: " + problem.sentence());
                problem.found().forEach(line -> System.err.println("  found  " + line));
                problem.fixes().forEach(line -> System.err.println("  fix    " + line));
            }
            code = 2;
        }
        System.exit(code);
    }

    private static boolean play(List<Chapter> chapters, Map<String, String> environment)
            throws StrixhaloException, IOException {
        long start = System.nanoTime();
        var report = new Report(System.out);
        var work = environment.get("STRIXHALO_RCCL_WORK");
        if (work == null) throw new IllegalArgumentException("the variable STRIXHALO_RCCL_WORK is not set");
        try (var workshop = new Workshop(Places.of(environment), Path.of(work).toAbsolutePath())) {
            System.out.println("toolchain");
            boolean there = report.aside(
                    "Debian's hipcc for gfx1151 and the source of RCCL 5.4.3 are there", workshop::toolchain);
            for (var chapter : there ? chapters : List.<Chapter>of()) {
                report.chapter(chapter.name(), Set.of(), () -> chapter.play(workshop, report));
            }
        }
        return report.close(Duration.ofNanos(System.nanoTime() - start));
    }

    private static List<Chapter> wanted(List<String> arguments) {
        if (arguments.isEmpty()) {
            return CHAPTERS;
        }
        if (arguments.size() != 2 || !arguments.get(0).equals("--only")) {
            throw new IllegalArgumentException("%s, allowed: --only CHAPTER[,CHAPTER...]".formatted(arguments));
        }
        var names = Set.of(arguments.get(1).split(",", -1));
        var known = CHAPTERS.stream().map(Chapter::name).toList();
        for (var name : names) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException("no chapter '" + name + "', there are: " + String.join(", ", known));
            }
        }
        return CHAPTERS.stream()
                .filter(chapter -> names.contains(chapter.name()))
                .toList();
    }
}
