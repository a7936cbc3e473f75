package dev.strixhalo.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.store.ChildJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pulse of a program that watches its input. */
@Timeout(60)
class PulseTest {
    @Test
    void comesAfterTheInputAsEmptyLines() throws StrixhaloException {
        var result = Program.of("sh", "-c", "read -r a; read -r b; echo \"$a|$b\"; read -r c && echo \"again$c\"")
                .stdin("first\n")
                .pulsed()
                .run();

        assertThat(result.out()).containsExactly("first|", "again");
    }

    @Test
    void withoutItTheInputEnds() throws StrixhaloException {
        var result = Program.of("sh", "-c", "read -r a; read -r b || echo end")
                .stdin("first\n")
                .run();

        assertThat(result.out()).containsExactly("end");
    }

    @Test
    void doesNotKeepAProgramThatReadsNothing() throws StrixhaloException {
        var began = System.nanoTime();

        assertThat(Program.of("sh", "-c", "exec <&-; exit 3").pulsed().run().exitCode())
                .isEqualTo(3);
        assertThat(Program.of("true").pulsed().run().succeeded()).isTrue();

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Program.PULSE);
    }

    @Test
    void doesNotOutliveTheTimeOut() {
        assertThatThrownBy(() -> Program.of("sh", "-c", "while read -r x; do :; done")
                        .pulsed()
                        .timeout(Duration.ofMillis(300))
                        .run())
                .hasMessageContaining("did not end within");
    }

    @Test
    void endsWhenWeAreKilled(@TempDir Path folder) throws Exception {
        var ended = folder.resolve("ended");
        var began = folder.resolve("began");
        var child =
                ChildJvm.start(Watched.class, List.of(), folder.resolve("said"), began.toString(), ended.toString());
        await(began);
        assertThat(child.isAlive()).isTrue();

        child.destroyForcibly();

        await(ended);
    }

    private static void await(Path file) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!Files.exists(file)) {
            if (System.nanoTime() > end) throw new AssertionError(file + " not within 20 s");
            Thread.sleep(20);
        }
    }

    /** Runs a program in a JVM that is killed: it says when it begins to watch, and when its input has ended. */
    static final class Watched {
        private Watched() {}

        public static void main(String[] arguments) throws StrixhaloException {
            Program.of("sh", "-c", ": >%s; while read -r x; do :; done; : >%s".formatted(arguments[0], arguments[1]))
                    .pulsed()
                    .run();
        }
    }
}
