package dev.strixhalo.rccl.library;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.rccl.elf.DeviceCode;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a library will do, and if not, everything that is wrong with it. As JSON it is this record.
 *
 * @param fit      whether nothing is wrong
 * @param summary  the library in one line, for example {@code librccl.so.1, gfx1151, HIP 5, 31 nccl symbols, 5.9 MB}
 * @param problems what is wrong, each with what was found and a way out
 * @param library  what it was judged by
 * @param wanted   what it was judged for
 */
public record Verdict(boolean fit, String summary, List<Problem> problems, Inspection library, Wanted wanted) {
    /** The name that torch and vLLM are linked against. */
    private static final String SONAME = "librccl.so.1";

    private static final int NAMES_SHOWN = 10;

    public Verdict {
        problems = List.copyOf(problems);
        if (fit != problems.isEmpty()) throw new IllegalArgumentException("fit is to have no problem");
    }

    /** Judges a library. */
    public static Verdict of(Inspection library, Wanted wanted) {
        var problems = new ArrayList<Problem>();
        addIdentity(library, problems);
        // On another machine's library the rest would only be noise.
        if (library.elf().x86Library()) {
            problems.addAll(DeviceVerdict.problems(library.device(), wanted.target()));
            addHip(library, wanted, problems);
            addSymbols(library, wanted, problems);
            addPaths(library, problems);
        }
        return new Verdict(problems.isEmpty(), summary(library), problems, library, wanted);
    }

    private static void addIdentity(Inspection library, List<Problem> problems) {
        if (!library.elf().x86Library()) {
            problems.add(Problem.of("The library cannot be loaded here: an ELF64 x86-64 shared object is wanted.")
                    .found(library.elf().inWords())
                    .fix("name the librccl.so.1.0 of a build for x86-64"));
        } else if (!SONAME.equals(library.soname())) {
            problems.add(
                    Problem.of("The library is not " + SONAME + ": nothing that is linked against RCCL would find it.")
                            .found(library.soname() == null ? "no SONAME" : "SONAME " + library.soname())
                            .fix("name the file that RCCL's own build installs, usr/lib/librccl.so.1.0"));
        }
    }

    private static void addHip(Inspection library, Wanted wanted, List<Problem> problems) {
        var major = library.hip();
        if (major == null) {
            problems.add(Problem.of("The library does not name the HIP runtime among those that it wants.")
                    .found("NEEDED " + String.join(" ", library.needed()))
                    .fix("build it with hipcc: mvn strixhalo:build-rccl"));
        } else if (wanted.hip() != null && !wanted.hip().equals(major)) {
            problems.add(Problem.of("The library wants HIP %d, and HIP %d is there: it could not be loaded."
                            .formatted(major, wanted.hip()))
                    .found("NEEDED libamdhip64.so." + major)
                    .fix("build it with the toolchain of ROCm %d: mvn strixhalo:build-rccl".formatted(wanted.hip())));
        }
    }

    private static void addSymbols(Inspection library, Wanted wanted, List<Problem> problems) {
        var missing = wanted.symbols().stream()
                .filter(name -> !library.exported().contains(name))
                .toList();
        if (missing.isEmpty()) return;
        var first = String.join(", ", missing.subList(0, Math.min(NAMES_SHOWN, missing.size())));
        int more = missing.size() - NAMES_SHOWN;
        var problem = Problem.of("The library lacks %d of the %d symbols that others need from it: %s%s."
                .formatted(
                        missing.size(),
                        wanted.symbols().size(),
                        first,
                        more > 0 ? " and %d more".formatted(more) : ""));
        for (var name : missing) problem = problem.found("missing: " + name);
        problems.add(problem.fix("build a newer RCCL, as new as the one that torch was built against"));
    }

    private static void addPaths(Inspection library, List<Problem> problems) {
        for (var kind : List.of("RUNPATH", "RPATH")) {
            var path = kind.equals("RUNPATH") ? library.runpath() : library.rpath();
            var wrong = path == null ? List.<String>of() : SearchPath.faults(path);
            if (wrong.isEmpty()) continue;
            var problem = Problem.of(
                    "The library's %s is that of a build tree: others would be looked for where anyone may put some."
                            .formatted(kind));
            problem = problem.found(kind + " " + path);
            for (var fault : wrong) problem = problem.found(fault);
            problems.add(problem.fix("take the file that cmake --install puts out, not the one in the build folder"));
        }
    }

    private static String summary(Inspection library) {
        var parts = new ArrayList<String>();
        parts.add(library.soname() == null ? library.elf().inWords() : library.soname());
        parts.add(targets(library.device()));
        parts.add(library.hip() == null ? "no HIP" : "HIP " + library.hip());
        parts.add("%d nccl symbols"
                .formatted(
                        library.exported().stream().filter(Inspection::isNccl).count()));
        parts.add(Amount.bytes(library.size()));
        return String.join(", ", parts);
    }

    private static String targets(DeviceCode device) {
        return device.targets().isEmpty() ? "no GPU code" : String.join(" ", device.targets());
    }
}
