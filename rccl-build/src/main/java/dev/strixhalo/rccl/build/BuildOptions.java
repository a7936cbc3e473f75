package dev.strixhalo.rccl.build;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * How RCCL is built.
 *
 * @param target the GPU, for example {@code gfx1151}
 * @param cmake  variables of CMake, the user's over ours; sorted
 * @param ccache whether ccache is used; its cold bytes differ from those without it
 * @param look   whether sources that do not know the GPU are refused before the build
 */
public record BuildOptions(String target, TreeMap<String, String> cmake, boolean ccache, boolean look) {
    private static final Pattern TARGET = Pattern.compile("gfx[0-9a-f]{3,5}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    /** What the goal itself decides, and by which parameter. */
    private static final Map<String, String> OURS = Map.of(
            "GPU_TARGETS", "<target>",
            "AMDGPU_TARGETS", "<target>",
            "ROCM_PATH", "<toolchain><rocm>",
            "CMAKE_CXX_COMPILER", "<toolchain><rocm>",
            "CMAKE_PREFIX_PATH", "<toolchain><rocm>",
            "CMAKE_CXX_COMPILER_LAUNCHER", "<ccache>",
            "CMAKE_INSTALL_PREFIX", "nothing: the files are put into an archive",
            "CMAKE_INSTALL_LIBDIR", "nothing: the files are put into an archive");
    /** Sets of few functions; a full one takes five times the memory per job. */
    private static final Set<String> REDUCING = Set.of("ONLY_FUNCS", "BUILD_ALLREDUCE_ONLY");

    private static final Set<String> FALSE = Set.of("", "0", "OFF", "NO", "FALSE", "N", "IGNORE", "NOTFOUND");

    private static final long REDUCED_JOB = 400_000_000L;
    private static final long FULL_JOB = 2_000_000_000L;

    /**
     * Options as a user wrote them.
     *
     * @param options of CMake
     * @throws StrixhaloException with everything that is wrong
     */
    public static BuildOptions of(String target, Map<String, String> options, boolean ccache, boolean look)
            throws StrixhaloException {
        var wrong = new ArrayList<Problem>();
        if (!TARGET.matcher(target).matches()) {
            wrong.add(Problem.of("<target> is no GPU.")
                    .found("<target>" + target + "</target>")
                    .fix("gfx1151 is Strix Halo's"));
        }
        for (var option : options.entrySet()) {
            var ours = OURS.get(option.getKey());
            if (ours != null) {
                wrong.add(Problem.of("<options> sets %s, which this goal sets itself.".formatted(option.getKey()))
                        .fix("take it out; what decides it is " + ours));
            } else if (!NAME.matcher(option.getKey()).matches()) {
                wrong.add(Problem.of("<options> names '%s', which is no variable of CMake.".formatted(option.getKey()))
                        .fix("letters, digits and '_': <options><COLLTRACE>OFF</COLLTRACE></options>"));
            } else if (option.getValue() == null || option.getValue().matches("(?s).*[\\r\\n].*")) {
                wrong.add(Problem.of("<options> gives %s no value, or one of several lines.".formatted(option.getKey()))
                        .fix("<%1$s>ON</%1$s>, in one line".formatted(option.getKey())));
            }
        }
        if (!wrong.isEmpty()) throw new StrixhaloException(wrong, null, null);
        var all = new TreeMap<String, String>();
        all.put("BUILD_TESTS", "OFF");
        all.put("CMAKE_BUILD_TYPE", "Release");
        // Wants submodules, and knows data centre GPUs only.
        all.put("ENABLE_MSCCLPP", "OFF");
        all.putAll(options);
        // RCCL's eras ask for the one or the other; an empty one builds, in silence, for some other GPU.
        all.put("AMDGPU_TARGETS", target);
        all.put("GPU_TARGETS", target);
        // lib64 on some systems else.
        all.put("CMAKE_INSTALL_LIBDIR", "lib");
        if (ccache) all.put("CMAKE_CXX_COMPILER_LAUNCHER", "ccache");
        return new BuildOptions(target, all, ccache, look);
    }

    /** Arguments for CMake, one a line. */
    List<String> arguments() {
        return cmake.entrySet().stream()
                .map(e -> "-D" + e.getKey() + "=" + e.getValue())
                .toList();
    }

    /** Memory that one job of the compiler takes, in bytes. */
    long memoryPerJob() {
        return REDUCING.stream().anyMatch(name -> isOn(cmake.getOrDefault(name, ""))) ? REDUCED_JOB : FULL_JOB;
    }

    /** Whether tracing is compiled in. */
    boolean tracing() {
        return isOn(cmake.getOrDefault("COLLTRACE", "ON"));
    }

    /** As CMake's if() takes a value. */
    private static boolean isOn(String value) {
        var upper = value.toUpperCase(Locale.ROOT);
        return !FALSE.contains(upper) && !upper.endsWith("-NOTFOUND");
    }
}
