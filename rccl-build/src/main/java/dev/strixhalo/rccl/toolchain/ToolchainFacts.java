package dev.strixhalo.rccl.toolchain;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What {@code look.sh} says of a place to compile in.
 *
 * @param facts name → value, empty when there is no such thing there
 * @param said  by the compiler about an empty kernel, when that failed
 */
public record ToolchainFacts(Map<String, String> facts, List<String> said) {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");
    private static final String KERNEL_SAID = "kernel-said";
    private static final List<String> VERSIONS =
            List.of("rocm", "hip", "clang", "rocm-version", "cmake", "ninja", "python3", "libc");

    public ToolchainFacts {
        facts = Map.copyOf(facts);
        said = List.copyOf(said);
    }

    /** Reads the script's lines. */
    public static ToolchainFacts parse(List<String> lines) {
        var facts = new HashMap<String, String>();
        var said = new ArrayList<String>();
        for (var line : lines) {
            int blank = line.indexOf(' ');
            if (blank < 0) continue;
            var name = line.substring(0, blank);
            var value = line.substring(blank + 1).strip();
            if (name.equals(KERNEL_SAID)) said.add(value);
            else facts.put(name, value);
        }
        return new ToolchainFacts(facts, said);
    }

    public String get(String name) {
        return facts.getOrDefault(name, "");
    }

    /** Versions, for records. */
    public Map<String, String> versions() {
        var versions = new TreeMap<String, String>();
        for (var name : VERSIONS) if (!get(name).isEmpty()) versions.put(name, get(name));
        return versions;
    }

    /** What compiles there, in one line. */
    public String identity() {
        return versions().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    /**
     * As many jobs as cores and memory allow.
     *
     * @param memoryPerJob in bytes
     */
    public int jobs(long memoryPerJob) {
        int cores = number("cores") > 0 ? (int) number("cores") : 1;
        long memory = number("memory-kib") * 1024;
        return memory <= 0 ? 1 : (int) Math.max(1, Math.min(cores, memory / memoryPerJob));
    }

    private long number(String name) {
        var value = get(name);
        return value.matches("\\d{1,15}") ? Long.parseLong(value) : -1;
    }

    /**
     * Sees that all is there that a build takes.
     *
     * @param target  the GPU
     * @param demands of these sources
     * @param ccache  whether ccache is used
     * @throws StrixhaloException with all that is missing and the packages that have it
     */
    public void demand(String target, Demands demands, boolean ccache) throws StrixhaloException {
        var missing = new ArrayList<Problem>();
        if (get("hipcc").isEmpty()) {
            var problem = lack(
                    "a HIP compiler (hipcc)",
                    "Debian: apt-get install hipcc · Fedora: dnf install rocm-hip-devel · pip: rocm[devel,libraries,device-gfx1151]");
            // Where a root was named, no other one was looked for.
            if (!get("asked").isEmpty()) {
                problem = problem.found("<rocm>%1$s</rocm>: there is no %1$s/bin/hipcc".formatted(get("asked")))
                        .fix("leave <rocm> out, and ROCm is searched for");
            }
            missing.add(problem);
        } else if (!get("kernel").equals("ok")) {
            var problem = Problem.of("The toolchain does not compile an empty kernel for %s.".formatted(target));
            for (var line : said) problem = problem.found(line);
            missing.add(
                    problem.fix(
                            "its device library may be missing: Debian: rocm-device-libs-17 · Fedora: rocm-device-libs"
                                    + " · pip: rocm[device-gfx1151]; or the compiler is too old: gfx1151 is known since clang 17"));
        }
        if (get("path-cmake").isEmpty()) missing.add(lack("cmake", wheel("cmake", "cmake")));
        else if (demands.cmake() != null && older(get("cmake"), demands.cmake())) {
            missing.add(Problem.of("CMake is too old for these sources.")
                    .found("%s is %s".formatted(get("path-cmake"), get("cmake")))
                    .found("their CMakeLists.txt wants " + demands.cmake())
                    .fix(wheel("a newer cmake", "cmake")));
        }
        if (get("path-ninja").isEmpty()) missing.add(lack("ninja", wheel("ninja-build", "ninja")));
        if (get("path-python3").isEmpty()) missing.add(lack("python3", "Debian, Fedora: python3"));
        if (get("path-setsid").isEmpty()) missing.add(lack("setsid", "Debian, Fedora: util-linux"));
        if (ccache && get("path-ccache").isEmpty()) {
            missing.add(lack("ccache", "Debian, Fedora: ccache; or leave <ccache> out"));
        }
        if (demands.hipify() && get("path-hipify-perl").isEmpty()) {
            missing.add(lack(
                    "hipify-perl, by which these sources are made HIP's",
                    "Debian: hipify · Fedora: hipify · pip: rocm[devel]"));
        }
        if (demands.rocmVersion() && get("rocm-version").isEmpty()) {
            missing.add(lack(
                    ".info/version in " + (get("rocm").isEmpty() ? "ROCm's root" : get("rocm")),
                    "write ROCm's version into that file, or give it: <options><EXPLICIT_ROCM_VERSION>%s</EXPLICIT_ROCM_VERSION></options>"
                            .formatted(get("hip").replaceAll("-.*", ""))));
        }
        if (!missing.isEmpty()) throw new StrixhaloException(missing, "Nothing was compiled.", null);
    }

    /**
     * What sources need beyond the compiler, told by what is in them.
     *
     * @param hipify      whether they are translated by hipify-perl
     * @param rocmVersion whether they read {@code .info/version}
     * @param cmake       the oldest CMake that they take ({@code 3.16}), or null when they do not say
     */
    public record Demands(
            boolean hipify, boolean rocmVersion, @Nullable String cmake) {}

    /** By their numbers; what has none, such as a CMake that does not say its version, is not older. */
    private static boolean older(String version, String than) {
        var numbers = NUMBER.matcher(version).results().map(MatchResult::group).toList();
        var wanted = NUMBER.matcher(than).results().map(MatchResult::group).toList();
        for (int i = 0; i < Math.min(numbers.size(), wanted.size()); i++) {
            int order = Integer.compare(Integer.parseInt(numbers.get(i)), Integer.parseInt(wanted.get(i)));
            if (order != 0) return order < 0;
        }
        return false;
    }

    private static Problem lack(String what, String packages) {
        return Problem.of("The toolchain lacks " + what + ".").fix(packages);
    }

    private static String wheel(String distribution, String name) {
        return "Debian, Fedora: %s · in a container: <toolchain><wheels>true</wheels></toolchain> brings the wheel '%s'"
                .formatted(distribution, name);
    }
}
