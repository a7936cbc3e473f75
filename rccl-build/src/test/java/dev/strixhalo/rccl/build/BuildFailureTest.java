package dev.strixhalo.rccl.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What real builds said (RCCL 5.4.3 to 7.x with clang 17 to 22), and the sentence for it. */
class BuildFailureTest {
    private static final Path LOG = Path.of("/project/target/rccl build.log");

    private static Problem told(int status, String text) {
        var failure = BuildFailure.of(status, text.lines().toList(), LOG);
        assertThat(failure.problems()).hasSize(1);
        return failure.problems().get(0);
    }

    @Test
    void aRegisterThatTheGpuLacks() {
        var problem = told(3, """
                [118/120] Building CXX object CMakeFiles/rccl.dir/gensrc/host_table.cpp.o
                [119/120] Linking CXX shared library librccl.so.1.0
                FAILED: librccl.so.1.0
                <inline asm>:1:26: error: invalid hardware register: not supported on this GPU
                        s_getreg_b32 s1, hwreg(HW_REG_HW_ID)
                                               ^
                <inline asm>:1:26: error: invalid hardware register: not supported on this GPU
                clang++: error: amdgcn-link command failed with exit code 1 (use -v to see invocation)
                ninja: build stopped: subcommand failed.
                """);

        assertThat(problem.what())
                .isEqualTo("The sources read a hardware register that this GPU does not have (HW_REG_HW_ID);"
                        + " device code is checked at the link only.");
        assertThat(problem.found())
                .containsExactly(
                        "<inline asm>:1:26: error: invalid hardware register: not supported on this GPU",
                        "s_getreg_b32 s1, hwreg(HW_REG_HW_ID)");
        assertThat(problem.fixes().get(0)).contains("<patches>").contains("<COLLTRACE>OFF</COLLTRACE>");
        assertThat(problem.fixes().get(1)).isEqualTo("the whole log: " + LOG);
    }

    @Test
    void aClockThatTheGpuLacks() {
        var problem = told(3, """
                In file included from /var/tmp/x/build/hipify/src/collectives/device/all_reduce.cu.cpp:10:
                /var/tmp/x/src/collectives/device/common.h:352:31: error: '__builtin_amdgcn_s_memrealtime' needs target feature s-memrealtime
                """);

        assertThat(problem.what()).isEqualTo("The sources use a clock that this GPU does not have (s_memrealtime).");
        assertThat(problem.found()).singleElement().asString().contains("common.h:352:31");
        assertThat(problem.fixes().get(0)).contains("<patches>");
    }

    @Test
    void anInstructionThatTheGpuLacks() {
        assertThat(told(3, """
                                prims_ll128.h:301:40: error: instruction not supported on this GPU
                                <inline asm>:1:2: note: instantiated into assembly here
                                        buffer_wbinvl1_vol
                                """).what()).isEqualTo("The sources use an instruction that this GPU does not have.");
    }

    @Test
    void aDeviceLibraryThatIsNotFound() {
        var problem = told(2, """
                CMake Error at /usr/share/cmake-3.31/Modules/CMakeTestCXXCompiler.cmake:73 (message):
                    clang: error: cannot find ROCm device library; provide its path via '--rocm-path' or '--rocm-device-lib-path', or pass '-nogpulib' to build without ROCm device library
                """);

        assertThat(problem.what()).isEqualTo("The compiler does not find the device library of ROCm.");
        assertThat(problem.fixes().get(0)).contains("rocm-device-libs-17").contains("<toolchain><rocm>");
    }

    @Test
    void aVersionThatCannotBeExtracted() {
        var problem = told(2, """
                CMake Error at CMakeLists.txt:63 (message):
                  Failed to extract ROCm version.
                -- Configuring incomplete, errors occurred!
                """);

        assertThat(problem.what())
                .isEqualTo("The sources want ROCm's version, and the toolchain's root has no .info/version.");
        assertThat(problem.fixes().get(0)).contains("<EXPLICIT_ROCM_VERSION>");
    }

    @Test
    void anOptionOfAmdsClang() {
        assertThat(told(3, "clang++: error: unknown argument: '-parallel-jobs=12'")
                        .what())
                .contains("an option that only AMD's own clang knows (-parallel-jobs)");
    }

    @Test
    void sourcesThatAreTooOldForHip7() {
        var problem = told(3, """
                src/include/device.h:108:15: error: static assertion expression is not an integral constant expression
                  108 | static_assert(NCCL_LL_CLEAN_MASK % NCCL_STEPS == 0, "Invalid value");
                """);

        assertThat(problem.what()).contains("since HIP 7 warpSize is known at run time only");
        assertThat(problem.fixes().get(0)).contains("HIP 6.4 or older");
    }

    @Test
    void symmetricKernelsThatAreLeftOut() {
        for (var text : List.of(
                "ld.lld: error: undefined symbol: ncclSymkGetKernelPtr(ncclSymkKernelId, int, ncclDataType_t)",
                "enqueue.cc:(.text+0x1f2): undefined reference to `ncclSymkGetKernelPtr(ncclSymkKernelId, int)'")) {
            assertThat(told(3, text).what()).contains("pull request 3415");
        }
    }

    @Test
    void hipifyThatIsMissing() {
        assertThat(told(3, "/bin/sh: 1: hipify-perl: not found").what())
                .isEqualTo("The toolchain lacks hipify-perl, by which these sources are made HIP's.");
        assertThat(told(2, "bash: line 1: hipify-perl: command not found").what())
                .contains("lacks hipify-perl");
    }

    @Test
    void aCompilerThatIsMissing() {
        assertThat(told(2, "CMake Error at CMakeLists.txt:20 (message):\n  No hip compiler found")
                        .what())
                .isEqualTo("CMake finds no HIP compiler.");
    }

    @Test
    void aPackageThatIsMissing() {
        var problem = told(2, """
                -- Could NOT find Doxygen (missing: DOXYGEN_EXECUTABLE)
                CMake Error at CMakeLists.txt:88 (find_package):
                  By not providing "Findrocm_smi.cmake" in CMAKE_MODULE_PATH this project has
                  asked CMake to find a package configuration file provided by "rocm_smi",
                  but CMake did not find one.

                  Could not find a package configuration file provided by "rocm_smi" with any
                  of the following names:
                """);

        assertThat(problem.what()).startsWith("CMake finds a package neither of the toolchain");
        assertThat(problem.found())
                .containsExactly("Could not find a package configuration file provided by \"rocm_smi\" with any");
    }

    @Test
    void aPackageThatIsOnlyNiceToHaveIsNotTheReason() {
        var before = """
                -- Could NOT find Doxygen (missing: DOXYGEN_EXECUTABLE)
                CMake Warning at CMakeLists.txt:88 (find_package):
                  Could not find a package configuration file provided by "GTest" with any
                """;

        assertThat(told(3, before + "clang++: error: unable to execute command: Killed")
                        .what())
                .startsWith("A compiler was killed");
        assertThat(told(2, before + "fatal: unable to access: Could not resolve host: github.com")
                        .what())
                .startsWith("The sources fetch something");
        assertThat(told(3, before + "a.cc:1:1: error: expected unqualified-id").what())
                .isEqualTo("RCCL could not be compiled (exit code 3).");
    }

    @Test
    void noSpaceAndNoMemory() {
        assertThat(told(3, "fatal error: error in backend: IO failure on output stream: No space left on device")
                        .what())
                .isEqualTo("There was no room left where it is compiled.");
        for (var text : List.of(
                "clang++: error: unable to execute command: Killed",
                "g++: fatal error: Killed signal terminated program cc1plus")) {
            var problem = told(3, text);
            assertThat(problem.what()).isEqualTo("A compiler was killed, most likely since memory ran out.");
            assertThat(problem.fixes().get(0)).contains("-Dstrixhalo.rccl.jobs=1");
        }
    }

    @Test
    void aNetworkThatIsMissing() {
        assertThat(told(2, "CMake Error: Failed to clone repository: 'https://github.com/fmtlib/fmt'")
                        .what())
                .startsWith("The sources fetch something while they are configured");
    }

    @Test
    void theCauseBeforeWhatFollowsFromIt() {
        var problem = told(3, """
                ninja: error: No space left on device
                <inline asm>:1:26: error: invalid hardware register: not supported on this GPU
                """);

        assertThat(problem.what()).contains("HW_REG_HW_ID");
    }

    @Test
    void theUnknownIsShownByItsLastFortyLines() {
        var lines = IntStream.rangeClosed(1, 100).mapToObj(i -> "line " + i).toList();

        var problem = BuildFailure.of(4, lines, LOG).problems().get(0);

        assertThat(problem.what()).isEqualTo("RCCL could not be installed (exit code 4).");
        assertThat(problem.found()).hasSize(40).startsWith("line 61").endsWith("line 100");
        assertThat(problem.fixes()).containsExactly("the whole log: " + LOG);
    }

    @Test
    void everyStatusHasItsWord() {
        assertThat(Stream.of(2, 3, 4, 1, 137, -1)
                        .map(status -> BuildFailure.of(status, List.of(), LOG).getMessage()))
                .containsExactly(
                        "RCCL could not be configured (exit code 2).",
                        "RCCL could not be compiled (exit code 3).",
                        "RCCL could not be installed (exit code 4).",
                        "RCCL could not be built (exit code 1).",
                        "RCCL could not be built (exit code 137).",
                        "RCCL could not be built (exit code -1).");
    }
}
