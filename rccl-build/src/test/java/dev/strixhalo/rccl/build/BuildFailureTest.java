package dev.strixhalo.rccl.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildFailureTest {
    private static final Path LOG = Path.of("target/strixhalo/rccl-build.log");

    /** Texts of real builds → a word of the cause and one of the cure. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    <inline asm>:1:19: error: invalid hardware register: not supported on this GPU | HW_REG_HW_ID | COLLTRACE
                    error: '__builtin_amdgcn_s_memrealtime' needs target feature s-memrealtime | s_memrealtime | patch
                    error: instruction not supported on this GPU: buffer_wbinvl1_vol | instruction | patch
                    clang: error: cannot find ROCm device library; provide its path via '--rocm-path' | device library | rocm-device-libs
                    CMake Error at CMakeLists.txt:90 (message): Failed to extract ROCm version. | .info/version | EXPLICIT_ROCM_VERSION
                    clang++: error: unknown argument: '-parallel-jobs=12' | AMD's own clang | AMD's toolchain
                    device.h:300:17: error: static assertion expression is not an integral constant expression | HIP 7 | HIP 6.4
                    ld.lld: error: undefined symbol: ncclSymkGetKernelPtr | 3415 | GENERATE_SYM_KERNELS
                    hipify-perl: not found | hipify-perl | hipify
                    CMake Error: No hip compiler found | HIP compiler | bin/hipcc
                    fatal error: error writing to x.o: No space left on device | room | 2 GB
                    clang++: error: unable to execute command: Killed | memory ran out | jobs=1
                    """)
    void aKnownFailureBecomesOneSentenceWithItsCure(String said, String cause, String cure) {
        var lines = new ArrayList<>(List.of("[1/54] Building CXX object x.o"));
        lines.add(said);
        lines.addAll(IntStream.range(0, 60).mapToObj(i -> "noise " + i).toList());

        var failure = BuildFailure.of(3, lines, LOG);

        assertThat(failure.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.what()).contains(cause);
            assertThat(problem.found()).contains(said.strip());
            assertThat(problem.fixes().get(0)).contains(cure);
            assertThat(problem.fixes()).anyMatch(fix -> fix.endsWith(LOG.toString()));
        });
    }

    @Test
    void anUnknownFailureShowsItsLastLinesAndTheLog() {
        var lines = IntStream.range(0, 100).mapToObj(i -> "line " + i).toList();

        var failure = BuildFailure.of(2, lines, LOG);

        assertThat(failure).hasMessage("RCCL could not be configured (exit code 2).");
        assertThat(failure.problems().get(0).found()).hasSize(40).endsWith("line 99");
        assertThat(failure.problems().get(0).fixes()).containsExactly("the whole log: " + LOG);
    }
}
