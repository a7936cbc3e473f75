package dev.strixhalo.rccl.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BuildOptionsTest {
    @Test
    void bothVariablesNameTheGpuAndTheUsersOptionsWin() throws StrixhaloException {
        var options = BuildOptions.of("gfx1151", Map.of("BUILD_TESTS", "ON", "COLLTRACE", "off"), false, true);

        assertThat(options.arguments())
                .contains("-DGPU_TARGETS=gfx1151", "-DAMDGPU_TARGETS=gfx1151", "-DBUILD_TESTS=ON", "-DCOLLTRACE=off");
        assertThat(options.tracing()).isFalse();
        assertThat(BuildOptions.of("gfx1151", Map.of(), true, true).arguments())
                .contains("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache");
    }

    @Test
    void aReducedSetTakesLessMemoryPerJob() throws StrixhaloException {
        var full = BuildOptions.of("gfx1151", Map.of(), false, true);
        var reduced = BuildOptions.of("gfx1151", Map.of("ONLY_FUNCS", "AllReduce RING SIMPLE Sum f32"), false, true);

        assertThat(full.memoryPerJob()).isEqualTo(2_000_000_000L);
        assertThat(reduced.memoryPerJob()).isEqualTo(400_000_000L);
    }

    @Test
    void allThatIsWrongIsToldAtOnce() {
        var wrong = new TreeMap<String, String>();
        wrong.put("GPU_TARGETS", "gfx1100");
        wrong.put("A B", "1");
        wrong.put("LINES", "a\nb");

        var failure =
                catchThrowableOfType(StrixhaloException.class, () -> BuildOptions.of("strix", wrong, false, true));

        assertThat(failure.problems()).hasSize(4);
    }

    @Test
    void progressTellsPhasesEdgesAndTheTimeThatIsLeft() {
        var notes = new ArrayList<String>();
        var clock = new AtomicLong();
        var ninja = new NinjaProgress(
                new Progress.Step() {
                    @Override
                    public void bytes(@Nullable String who, long done, long total) {}

                    @Override
                    public void note(@Nullable String who, String text) {
                        notes.add(text);
                    }

                    @Override
                    public void done(String text) {}

                    @Override
                    public void close() {}
                },
                clock::get);
        ninja.line("@phase configure");
        ninja.line("-- The CXX compiler identification is Clang 17");
        clock.set(Duration.ofSeconds(20).toNanos());
        ninja.line("@phase compile");
        clock.set(Duration.ofSeconds(50).toNanos());
        ninja.line("[3/54] Building CXX object x.o");
        ninja.line("[0/1] Re-running CMake");

        assertThat(notes).containsExactly("configures", "compiles", "[3/54]  8:30 left");
    }
}
