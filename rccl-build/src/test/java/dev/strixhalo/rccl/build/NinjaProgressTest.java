package dev.strixhalo.rccl.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NinjaProgressTest {
    private final AtomicLong clock = new AtomicLong(7);
    private final List<String> notes = new ArrayList<>();
    private final NinjaProgress progress = new NinjaProgress(new Notes(), clock::get);

    private void after(Duration time, String line) {
        clock.addAndGet(time.toNanos());
        progress.line(line);
    }

    private void now(String line) {
        after(Duration.ZERO, line);
    }

    @Test
    void theTimeThatIsLeftIsThatOfTheCompilationOnly() {
        now("@phase configure");
        after(Duration.ofSeconds(50), "-- The CXX compiler identification is Clang 17.0.6");
        now("@phase compile");
        now("[0/30] Building");
        after(Duration.ofSeconds(20), "[10/30] Building CXX object CMakeFiles/rccl.dir/a.cc.o");
        after(Duration.ofSeconds(10), "[15/30] Building CXX object CMakeFiles/rccl.dir/b.cc.o");
        after(Duration.ofSeconds(24), "[27/30] Building CXX object CMakeFiles/rccl.dir/c.cc.o");
        after(Duration.ofSeconds(60), "[30/30] Linking CXX shared library librccl.so.1.0");
        now("@phase install");

        assertThat(notes)
                .containsExactly(
                        "configures",
                        "compiles",
                        "[10/30]  40.0 s left and the link",
                        "[15/30]  30.0 s left and the link",
                        "[27/30]  only the link is left",
                        "[30/30]",
                        "installs");
    }

    @Test
    void whatOnlyLooksLikeItIsPassedOver() {
        now("@phase compile");
        now("[5/3] more than all");
        now("[0/0]");
        now("a.cc: [1/2]");
        now("[12345678901234567890/99999999999999999999] no number of ninja's");

        assertThat(notes).containsExactly("compiles");
    }

    /** Keeps the notes. */
    private final class Notes implements Progress.Step {
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
    }
}
