package dev.strixhalo.rccl.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuildOptionsTest {
    private static BuildOptions options(Map<String, String> options) throws StrixhaloException {
        return BuildOptions.of("gfx1151", options, false, true);
    }

    @Test
    void bothVariablesNameTheGpuAndAllIsSorted() throws Exception {
        assertThat(options(Map.of("COLLTRACE", "OFF", "CMAKE_BUILD_TYPE", "RelWithDebInfo"))
                        .arguments())
                .containsExactly(
                        "-DAMDGPU_TARGETS=gfx1151",
                        "-DBUILD_TESTS=OFF",
                        "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                        "-DCMAKE_INSTALL_LIBDIR=lib",
                        "-DCOLLTRACE=OFF",
                        "-DENABLE_MSCCLPP=OFF",
                        "-DGPU_TARGETS=gfx1151");
    }

    @Test
    void aValueIsTakenAsItIs() throws Exception {
        assertThat(options(Map.of("ONLY_FUNCS", "AllReduce RING SIMPLE Sum f32|SendRecv"))
                        .arguments())
                .contains("-DONLY_FUNCS=AllReduce RING SIMPLE Sum f32|SendRecv");
    }

    @Test
    void ccacheIsALauncher() throws Exception {
        assertThat(BuildOptions.of("gfx1151", Map.of(), true, true).arguments())
                .contains("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache");
        assertThat(options(Map.of()).arguments()).noneMatch(argument -> argument.contains("ccache"));
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        var wrong = new LinkedHashMap<String, String>();
        wrong.put("GPU_TARGETS", "gfx906");
        wrong.put("COLL TRACE", "ON");
        wrong.put("-Wno-dev", "");
        wrong.put("ROCTX", "ON\nOFF");
        wrong.put("NOTHING", null);

        var failure =
                catchThrowableOfType(StrixhaloException.class, () -> BuildOptions.of("strix halo", wrong, false, true));

        assertThat(failure.problems())
                .extracting(Problem::what)
                .containsExactly(
                        "<target> is no GPU.",
                        "<options> sets GPU_TARGETS, which this goal sets itself.",
                        "<options> names 'COLL TRACE', which is no variable of CMake.",
                        "<options> names '-Wno-dev', which is no variable of CMake.",
                        "<options> gives ROCTX no value, or one of several lines.",
                        "<options> gives NOTHING no value, or one of several lines.");
        assertThat(failure.problems())
                .allSatisfy(problem -> assertThat(problem.fixes()).isNotEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GPU_TARGETS",
                "AMDGPU_TARGETS",
                "ROCM_PATH",
                "CMAKE_CXX_COMPILER",
                "CMAKE_PREFIX_PATH",
                "CMAKE_CXX_COMPILER_LAUNCHER",
                "CMAKE_INSTALL_PREFIX",
                "CMAKE_INSTALL_LIBDIR"
            })
    void whatTheGoalDecidesIsNotAnOption(String name) {
        assertThat(catchThrowableOfType(StrixhaloException.class, () -> options(Map.of(name, "x"))))
                .hasMessage("<options> sets %s, which this goal sets itself.".formatted(name));
    }

    @ParameterizedTest
    @CsvSource({
        "ONLY_FUNCS, AllReduce, 400000000",
        "ONLY_FUNCS, '', 2000000000",
        "BUILD_ALLREDUCE_ONLY, ON, 400000000",
        "BUILD_ALLREDUCE_ONLY, OFF, 2000000000",
        "COLLTRACE, OFF, 2000000000"
    })
    void aReducedSetTakesLessMemory(String name, String value, long bytes) throws Exception {
        assertThat(options(Map.of(name, value)).memoryPerJob()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @CsvSource({"ON, true", "1, true", "OFF, false", "off, false", "0, false", "N, false", "'', false", "no, false"})
    void tracingIsOnUnlessCMakeTakesItForOff(String value, boolean on) throws Exception {
        assertThat(options(Map.of("COLLTRACE", value)).tracing()).isEqualTo(on);
        assertThat(options(Map.of()).tracing()).isTrue();
    }
}
