package dev.strixhalo.rccl.source;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A look at patched sources before minutes are spent on them: conditions of the preprocessor that must know the GPU. With one
 * missing, NCCL 2.13 stops at some file and NCCL 2.18 and newer only at the link, after everything was compiled.
 *
 * @param nccl  version of NCCL that the sources say they are, for example {@code 2.13.4}
 * @param known conditions that were found and are right; with none, nothing is known about such sources
 */
public record SourceLook(String nccl, List<String> known) {
    private static final Pattern VERSION = Pattern.compile("NCCL_(MAJOR|MINOR|PATCH)\\s*:=\\s*(\\d+)");
    private static final Pattern IF = Pattern.compile("\\s*#\\s*if(?:n?def)?\\b(.*)");
    private static final Pattern ELIF = Pattern.compile("\\s*#\\s*elif\\b(.*)");
    private static final Pattern ENDIF = Pattern.compile("\\s*#\\s*endif\\b.*");

    private static final int PARTS_OF_A_VERSION = 3;

    /**
     * A condition that must name the GPU.
     *
     * @param file   relative to the sources
     * @param marker in the block that belongs to GPUs of its kind
     * @param only   whether it matters only while tracing is compiled in ({@code COLLTRACE})
     * @param why    what happens without
     */
    private record Condition(String file, Pattern marker, boolean only, String why) {}

    private static final String TRACE =
            "a hardware register is read that this GPU does not have: the build would fail after minutes, at the link";

    /** By the eras of RCCL that have them: NCCL 2.18 and newer first, then 2.13. */
    private static final List<Condition> CONDITIONS = List.of(
            new Condition(
                    "src/device/common.h", Pattern.compile("\\s*#define\\s+__trace_hwreg\\(\\)\\s*"), true, TRACE),
            new Condition(
                    "src/collectives/device/common.h",
                    Pattern.compile("\\s*#define\\s+__trace_hwreg\\(\\)\\s*"),
                    true,
                    TRACE),
            new Condition(
                    "src/collectives/device/common.h",
                    Pattern.compile("\\s*#define\\s+traceColl\\(.*"),
                    true,
                    "s_memrealtime is used, which this GPU does not have: the build would fail"),
            new Condition(
                    "src/include/devcomm.h",
                    Pattern.compile("\\s*#define\\s+WARP_SIZE\\s+32\\s*"),
                    false,
                    "a wave would be taken for 64 lanes wide where it has 32: the library would compute nonsense"),
            new Condition(
                    "src/collectives/device/prims_ll128.h",
                    Pattern.compile(".*buffer_wbinvl1_vol.*"),
                    false,
                    "an instruction is used that this GPU does not have: the build would fail"));

    /**
     * Looks at sources.
     *
     * @param tree    the patched copy
     * @param target  for example {@code gfx1151}
     * @param tracing whether {@code COLLTRACE} is on, as it is unless an option says otherwise
     * @param strict  whether a missing condition is an error; switched off only to see what the compiler says
     * @throws StrixhaloException with all conditions that are missing, or when these are no sources of RCCL
     */
    public static SourceLook at(Path tree, String target, boolean tracing, boolean strict) throws StrixhaloException {
        var problems = new ArrayList<Problem>();
        var known = new ArrayList<String>();
        try {
            if (!Files.isRegularFile(tree.resolve("CMakeLists.txt"))) throw noSources(tree);
            for (var condition : CONDITIONS) {
                var file = tree.resolve(condition.file());
                if (!Files.isRegularFile(file) || (condition.only() && !tracing)) continue;
                look(file, condition, target, known, problems);
            }
            if (strict && !problems.isEmpty()) throw new StrixhaloException(problems, null, null);
            return new SourceLook(nccl(tree), List.copyOf(known));
        } catch (IOException e) {
            throw Problem.of("The sources cannot be read.")
                    .found(e)
                    .fix("run the goal again")
                    .asException(e);
        }
    }

    private static void look(Path file, Condition condition, String target, List<String> known, List<Problem> problems)
            throws IOException {
        var open = new ArrayDeque<String>();
        var lines = joined(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            Matcher elif = ELIF.matcher(line);
            Matcher opens = IF.matcher(line);
            if (opens.matches()) {
                open.push("line %d: #if%s".formatted(i + 1, opens.group(1)));
            } else if (elif.matches() && !open.isEmpty()) {
                open.pop();
                open.push("line %d: #elif%s".formatted(i + 1, elif.group(1)));
            } else if (ENDIF.matcher(line).matches() && !open.isEmpty()) {
                open.pop();
            } else if (condition.marker().matcher(line).matches()) {
                // Without a condition around it, it holds for every GPU.
                var around = open.isEmpty() ? "" : open.peek();
                if (!around.contains("__gfx") && !around.contains("__GFX")) continue;
                if (names(around, target)) {
                    known.add(condition.file() + " line " + (i + 1));
                } else {
                    problems.add(missing(condition, around, target));
                }
                return;
            }
        }
    }

    private static Problem missing(Condition condition, String around, String target) {
        return Problem.of("The sources do not know %s in %s: %s.".formatted(target, condition.file(), condition.why()))
                .found(around)
                .fix("name defined(__%s__) in that condition, as it names the others, by a patch in <patches>"
                        .formatted(target))
                .fix(
                        condition.only()
                                ? "build without tracing: <options><COLLTRACE>OFF</COLLTRACE></options>"
                                : "take newer sources: RCCL's own have it since February 2026 (rocm-systems, pull request 3415)");
    }

    /** Whether a condition holds for a target: by its name, or by that of its generation. */
    private static boolean names(String condition, String target) {
        var generation = target.startsWith("gfx1") ? target.substring(0, "gfx11".length()) : target;
        return condition.contains("__" + target + "__")
                || condition.contains("__" + generation.toUpperCase(Locale.ROOT) + "__");
    }

    /** Lines that end with a backslash and the next as one, the numbers of lines kept. */
    private static List<String> joined(List<String> lines) {
        var all = new ArrayList<String>();
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i);
            all.add(line);
            if (!IF.matcher(line).matches() && !ELIF.matcher(line).matches()) continue;
            var whole = new StringBuilder(line);
            int first = all.size() - 1;
            while (whole.toString().endsWith("\\") && i + 1 < lines.size()) {
                whole.setLength(whole.length() - 1);
                whole.append(lines.get(++i).strip());
                all.add("");
            }
            all.set(first, whole.toString());
        }
        return all;
    }

    private static String nccl(Path tree) throws IOException {
        var file = tree.resolve("makefiles/version.mk");
        if (!Files.isRegularFile(file)) return "unknown";
        var numbers = new HashMap<String, String>();
        var found = VERSION.matcher(Files.readString(file));
        while (found.find()) numbers.put(found.group(1), found.group(2));
        if (numbers.size() < PARTS_OF_A_VERSION) return "unknown";
        return "%s.%s.%s".formatted(numbers.get("MAJOR"), numbers.get("MINOR"), numbers.get("PATCH"));
    }

    private static StrixhaloException noSources(Path tree) {
        return Problem.of("These are no sources of RCCL: there is no CMakeLists.txt.")
                .found(tree.toString())
                .fix(
                        "say in <folder> of <source> where in the repository or archive it lies, for example projects/rccl")
                .asException();
    }
}
