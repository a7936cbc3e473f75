package dev.strixhalo.rccl.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.toolchain.ToolchainFacts.Demands;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ToolchainFactsTest {
    private static final long GB = 1_000_000_000;
    private static final Demands ALL = new Demands(true, true, "3.16");

    /** What look.sh said in the root of Debian trixie's toolchain. */
    private static final List<String> TRIXIE = List.of(
            "rocm /usr",
            "hipcc /usr/bin/hipcc",
            "path-cmake /usr/bin/cmake",
            "path-ninja /usr/bin/ninja",
            "path-python3 /usr/bin/python3",
            "path-git /usr/bin/git",
            "path-hipify-perl /usr/bin/hipify-perl",
            "path-setsid /usr/bin/setsid",
            "cmake 3.31.6",
            "ninja 1.12.1",
            "python3 3.13.5",
            "hip 5.7.31921-0",
            "clang Debian clang version 17.0.6 (22+b2)",
            "rocm-version 5.7.1",
            "libc ldd (Debian GLIBC 2.41-12) 2.41",
            "cores 2",
            "memory-kib 15999999",
            "kernel ok");

    private static ToolchainFacts without(String... names) {
        return ToolchainFacts.parse(TRIXIE.stream()
                .filter(line -> Stream.of(names).noneMatch(name -> line.startsWith(name + " ")))
                .toList());
    }

    private static ToolchainFacts with(String... lines) {
        var all = new ArrayList<>(TRIXIE);
        all.addAll(List.of(lines));
        return ToolchainFacts.parse(all);
    }

    private static List<Problem> missing(ToolchainFacts facts) {
        return catchThrowableOfType(StrixhaloException.class, () -> facts.demand("gfx1151", ALL, false))
                .problems();
    }

    @Test
    void aWholeToolchainLacksNothing() {
        assertThatCode(() -> without().demand("gfx1151", ALL, false)).doesNotThrowAnyException();
    }

    @Test
    void itIsKnownByItsVersions() {
        assertThat(without().identity())
                .isEqualTo("clang Debian clang version 17.0.6 (22+b2), cmake 3.31.6, hip 5.7.31921-0,"
                        + " libc ldd (Debian GLIBC 2.41-12) 2.41, ninja 1.12.1, python3 3.13.5, rocm /usr,"
                        + " rocm-version 5.7.1");
        assertThat(with("cores 16", "memory-kib 1", "path-cmake /opt/cmake").identity())
                .isEqualTo(without().identity());
        assertThat(with("ninja 1.13.0").identity()).isNotEqualTo(without().identity());
    }

    @Test
    void allThatIsMissingIsNamedAtOnceWithThePackageThatHasIt() {
        var problems = missing(ToolchainFacts.parse(List.of("hip 7.1.25424-4179531dcd", "cmake ", "path-cmake ")));

        assertThat(problems)
                .extracting(Problem::what)
                .containsExactly(
                        "The toolchain lacks a HIP compiler (hipcc).",
                        "The toolchain lacks cmake.",
                        "The toolchain lacks ninja.",
                        "The toolchain lacks python3.",
                        "The toolchain lacks setsid.",
                        "The toolchain lacks hipify-perl, by which these sources are made HIP's.",
                        "The toolchain lacks .info/version in ROCm's root.");
        assertThat(problems).allSatisfy(problem -> assertThat(problem.fixes()).isNotEmpty());
        assertThat(problems.get(0).fixes().get(0)).contains("apt-get install hipcc");
        assertThat(problems.get(1).fixes().get(0)).contains("<wheels>true</wheels>");
        assertThat(problems.get(6).fixes().get(0)).contains("<EXPLICIT_ROCM_VERSION>7.1.25424</EXPLICIT_ROCM_VERSION>");
    }

    @Test
    void whatTheseSourcesDoNotAskForIsNotMissing() {
        var facts = without("path-hipify-perl", "rocm-version");

        assertThatCode(() -> facts.demand("gfx1151", new Demands(false, false, null), false))
                .doesNotThrowAnyException();
        assertThat(missing(facts)).hasSize(2);
    }

    @Test
    void aCompilerThatDoesNotKnowTheGpuSaysSo() {
        var problems =
                missing(with("kernel failed", "kernel-said clang: error: unsupported HIP gpu architecture: gfx1151"));

        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.what()).isEqualTo("The toolchain does not compile an empty kernel for gfx1151.");
            assertThat(problem.found()).containsExactly("clang: error: unsupported HIP gpu architecture: gfx1151");
            assertThat(problem.fixes().get(0)).contains("rocm-device-libs");
        });
    }

    @Test
    void ccacheIsMissingOnlyWhereItIsUsed() {
        assertThat(catchThrowableOfType(
                        StrixhaloException.class, () -> without().demand("gfx1151", ALL, true)))
                .hasMessage("The toolchain lacks ccache.");
        assertThatCode(() -> with("path-ccache /usr/bin/ccache").demand("gfx1151", ALL, true))
                .doesNotThrowAnyException();
    }

    @Test
    void coresAndMemoryLimitTheJobs() {
        assertThat(with("cores 32", "memory-kib 125000000").jobs(2 * GB)).isEqualTo(32);
        assertThat(with("cores 32", "memory-kib 15625000").jobs(2 * GB)).isEqualTo(8);
        assertThat(with("cores 32", "memory-kib 1000").jobs(2 * GB)).isEqualTo(1);
        assertThat(without("cores").jobs(GB)).isEqualTo(1);
        assertThat(without("memory-kib").jobs(GB)).isEqualTo(1);
        assertThat(with("cores many", "memory-kib 99999999999999999999").jobs(GB))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "3.16, true",
        "3.31, true",
        "3.31.6, true",
        "3.31.7, false",
        "3.100, false",
        "4.0, false",
        "2.8.12, true"
    })
    void aCMakeThatIsTooOldIsToldBeforeItRuns(String wanted, boolean good) {
        var facts = ToolchainFacts.parse(TRIXIE);
        var demands = new Demands(false, false, wanted);
        if (good) {
            assertThatCode(() -> facts.demand("gfx1151", demands, false)).doesNotThrowAnyException();
            return;
        }
        var problem = catchThrowableOfType(StrixhaloException.class, () -> facts.demand("gfx1151", demands, false))
                .problems()
                .get(0);
        assertThat(problem.sentence()).isEqualTo("CMake is too old for these sources.");
        assertThat(problem.found()).containsExactly("/usr/bin/cmake is 3.31.6", "their CMakeLists.txt wants " + wanted);
        assertThat(problem.fixes().get(0)).contains("<wheels>true</wheels>");
    }
}
