package dev.strixhalo.rccl.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.toolchain.ToolchainFacts.Demands;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ToolchainFactsTest {
    private static final Demands NONE = new Demands(false, false);
    /** What look.sh said in Debian trixie with hipcc 5.7.1. */
    private static final List<String> TRIXIE = List.of(
            "rocm /usr",
            "hipcc /usr/bin/hipcc",
            "path-cmake /usr/bin/cmake",
            "path-ninja /usr/bin/ninja",
            "path-python3 /usr/bin/python3",
            "path-hipify-perl ",
            "path-setsid /usr/bin/setsid",
            "path-ccache ",
            "cmake 3.31.6",
            "hip 5.7.31921-0",
            "clang Debian clang version 17.0.6 (22+b2)",
            "cores 16",
            "memory-kib 8000000",
            "kernel ok");

    @Test
    void asManyJobsAsCoresAndMemoryAllow() {
        var facts = ToolchainFacts.parse(TRIXIE);

        assertThat(facts.jobs(400_000_000L)).isEqualTo(16);
        assertThat(facts.jobs(2_000_000_000L)).isEqualTo(4);
        assertThat(facts.jobs(20_000_000_000L)).isEqualTo(1);
        assertThat(ToolchainFacts.parse(List.of()).jobs(1)).isEqualTo(1);
    }

    @Test
    void aWholeToolchainPassesAndItsVersionsAreItsIdentity() {
        var facts = ToolchainFacts.parse(TRIXIE);

        assertThatCode(() -> facts.demand("gfx1151", NONE, false)).doesNotThrowAnyException();
        assertThat(facts.identity())
                .isEqualTo("clang Debian clang version 17.0.6 (22+b2), cmake 3.31.6, hip 5.7.31921-0, rocm /usr");
    }

    @Test
    void allThatIsMissingIsNamedAtOnceWithTheirPackages() {
        var failure = catchThrowableOfType(
                StrixhaloException.class,
                () -> ToolchainFacts.parse(List.of("rocm ", "path-cmake "))
                        .demand("gfx1151", new Demands(true, true), true));

        assertThat(failure.problems())
                .extracting(Problem::what)
                .satisfiesExactly(
                        what -> assertThat(what).contains("hipcc"),
                        what -> assertThat(what).contains("cmake"),
                        what -> assertThat(what).contains("ninja"),
                        what -> assertThat(what).contains("python3"),
                        what -> assertThat(what).contains("setsid"),
                        what -> assertThat(what).contains("ccache"),
                        what -> assertThat(what).contains("hipify-perl"),
                        what -> assertThat(what).contains(".info/version"));
        assertThat(failure.problems())
                .allSatisfy(problem -> assertThat(problem.fixes().get(0)).isNotBlank());
        assertThat(failure.state()).isEqualTo("Nothing was compiled.");
    }

    @Test
    void aCompilerThatDoesNotKnowTheGpuIsToldInItsOwnWords() {
        var lines = new java.util.ArrayList<>(TRIXIE);
        lines.remove("kernel ok");
        lines.addAll(List.of("kernel failed", "kernel-said clang: error: cannot find ROCm device library"));

        var failure = catchThrowableOfType(
                StrixhaloException.class, () -> ToolchainFacts.parse(lines).demand("gfx1151", NONE, false));

        assertThat(failure.problems().get(0).found()).containsExactly("clang: error: cannot find ROCm device library");
    }

    @Test
    void aContainerGetsTheFolderAtThePathOfAllOfThemAndKeepsTheUsersIds() {
        var run = new ContainerRun("image", "0123456789abcdef", "/home/me/work", "/home/me/ccache", true);

        var plain = run.argv(Duration.ofMinutes(5), Map.of("A", "b"), List.of("scripts/build.sh", "x"));
        assertThat(plain)
                .contains(
                        "--volume=/home/me/work:/var/tmp/strixhalo-rccl-0123456789abcdef",
                        "--userns=keep-id",
                        "--env=A=b",
                        "--timeout=360",
                        "--entrypoint=sh")
                .noneMatch(word -> word.contains("ccache"))
                .endsWith("/var/tmp/strixhalo-rccl-0123456789abcdef/scripts/build.sh", "x");
        var ccache = new ContainerRun("image", "0123456789abcdef", "/home/me/work", "/home/me/ccache", false)
                .argv(Duration.ofMinutes(5), Map.of(Workplace.CCACHE, "on"), List.of("scripts/build.sh"));
        assertThat(ccache)
                .contains(
                        "--volume=/home/me/ccache:/var/tmp/strixhalo-rccl-ccache",
                        "--env=STRIXHALO_CCACHE=/var/tmp/strixhalo-rccl-ccache")
                .doesNotContain("--userns=keep-id");
    }
}
