package dev.strixhalo.rccl.build;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a build that failed says, told in one sentence with its cause and its cure. The texts are those of real builds
 * (RCCL 5.4.3 to 7.x with clang 17 to 22); what is unknown is shown as it is.
 */
final class BuildFailure {
    private static final int LAST_LINES = 40;
    private static final int DECIDING_LINES = 4;

    private static final int CONFIGURE = 2;

    /**
     * A text and what it means.
     *
     * @param configuring whether it says so only while the build is configured
     */
    private record Known(Pattern text, String cause, String cure, boolean configuring) {
        static Known of(String text, String cause, String cure) {
            return new Known(Pattern.compile(text), cause, cure, false);
        }

        static Known whileConfiguring(String text, String cause, String cure) {
            return new Known(Pattern.compile(text), cause, cure, true);
        }
    }

    private static final String PATCH =
            "a patch in <patches> that names this GPU in the condition around it, newer sources, or <options><COLLTRACE>OFF</COLLTRACE></options>";

    /** The most telling first: a link that fails repeats what a missing variable caused. */
    private static final List<Known> KNOWN = List.of(
            Known.of(
                    "invalid hardware register: not supported on this GPU|s_getreg_b32 .*HW_REG_HW_ID\\)",
                    "The sources read a hardware register that this GPU does not have (HW_REG_HW_ID); device code is checked at the link only.",
                    PATCH),
            Known.of(
                    "'__builtin_amdgcn_s_memrealtime' needs target feature s-memrealtime",
                    "The sources use a clock that this GPU does not have (s_memrealtime).",
                    PATCH),
            Known.of(
                    "instruction not supported on this GPU.*|.*buffer_wbinvl1_vol.*",
                    "The sources use an instruction that this GPU does not have.",
                    "a patch in <patches> that names this GPU in the condition around it, or newer sources"),
            Known.of(
                    "cannot find ROCm device library",
                    "The compiler does not find the device library of ROCm.",
                    "install it (Debian: rocm-device-libs-17, Fedora: rocm-device-libs, pip: rocm[device-gfx1151]), and set <toolchain><rocm> to the root that has it"),
            Known.of(
                    "Failed to extract ROCm version",
                    "The sources want ROCm's version, and the toolchain's root has no .info/version.",
                    "<options><EXPLICIT_ROCM_VERSION>7.1.0</EXPLICIT_ROCM_VERSION></options> with the toolchain's version"),
            Known.of(
                    "(?:unknown argument|unrecognized command.line option).*-parallel-jobs",
                    "The sources give the compiler an option that only AMD's own clang knows (-parallel-jobs), and this one is upstream's.",
                    "AMD's toolchain (<toolchain><image> with TheRock's ROCm), or a patch that tests for the option"),
            Known.of(
                    "static assertion expression is not an integral constant expression",
                    "Sources and HIP do not match: since HIP 7 warpSize is known at run time only, and these sources want it earlier.",
                    "newer sources (since 2025), or a toolchain with HIP 6.4 or older"),
            Known.of(
                    "undefined (?:reference to|symbol:) .?ncclSymkGetKernelPtr",
                    "NCCL 2.28 without symmetric kernels does not link before rocm-systems' pull request 3415.",
                    "newer sources, or <options><GENERATE_SYM_KERNELS>ON</GENERATE_SYM_KERNELS></options>"),
            Known.of(
                    "hipify-perl: (?:command )?not found|Could not find hipify|hipify-perl.*NOTFOUND",
                    "The toolchain lacks hipify-perl, by which these sources are made HIP's.",
                    "install it: Debian and Fedora: hipify, pip: rocm[devel]"),
            Known.of(
                    "No hip compiler found|could not find CMAKE_CXX_COMPILER|is not a full path to an existing compiler",
                    "CMake finds no HIP compiler.",
                    "set <toolchain><rocm> to a root of ROCm that has bin/hipcc"),
            Known.of(
                    "No space left on device",
                    "There was no room left where it is compiled.",
                    "make room: a reduced set needs 600 MB, a full one 2 GB"),
            Known.of(
                    "Killed signal terminated program|clang.*: error: unable to execute command: Killed|signal 9",
                    "A compiler was killed, most likely since memory ran out.",
                    "fewer jobs at once: -Dstrixhalo.rccl.jobs=1; a full set takes 2 GB each"),
            Known.of(
                    "Could not resolve host|Failed to clone repository|error: downloading .* failed",
                    "The sources fetch something while they are configured, and the network does not give it.",
                    "give the build a network, or sources that bring what they need"),
            // The last: of optional packages it is said in builds that fail for another reason, too.
            Known.whileConfiguring(
                    "^\\s*Could not find a package configuration file provided by|^\\s*Could NOT find [A-Za-z_]",
                    "CMake finds a package neither of the toolchain nor of the system that the sources want.",
                    "install the development package that the lines above name"));

    private static final List<String> PHASES = List.of("", "", "configured", "compiled", "installed");

    private BuildFailure() {}

    /**
     * The failure that a log tells of.
     *
     * @param status of the script
     * @param lines  of its whole output
     * @param log    where they stand
     */
    static StrixhaloException of(int status, List<String> lines, Path log) {
        for (var known : KNOWN) {
            if (known.configuring() && status != CONFIGURE) continue;
            var deciding = lines.stream()
                    .filter(line -> known.text().matcher(line).find())
                    .distinct()
                    .limit(DECIDING_LINES)
                    .toList();
            if (deciding.isEmpty()) continue;
            var problem = Problem.of(known.cause());
            for (var line : deciding) problem = problem.found(line.strip());
            return problem.fix(known.cure()).fix("the whole log: " + log).asException();
        }
        var phase = status >= 2 && status < PHASES.size() ? PHASES.get(status) : "built";
        var problem = Problem.of("RCCL could not be %s (exit code %d).".formatted(phase, status));
        for (var line : lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()))
            problem = problem.found(line);
        return problem.fix("the whole log: " + log).asException();
    }
}
