package dev.strixhalo.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProgramTest {
    @Test
    void bothStreamsAndTheExitCodeComeBack() throws StrixhaloException {
        var result = Program.of("sh", "-c", "echo out; echo err >&2; exit 3").run();

        assertThat(result.out()).containsExactly("out");
        assertThat(result.err()).containsExactly("err");
        assertThat(result.exitCode()).isEqualTo(3);
        assertThatThrownBy(result::orFail)
                .hasMessage("sh ended with exit code 3.")
                .isInstanceOfSatisfying(
                        StrixhaloException.class,
                        e -> assertThat(e.problems().get(0).found()).containsExactly("err"));
    }

    @Test
    void inputEnvironmentAndFolderReachTheProgram(@TempDir Path folder) throws StrixhaloException {
        var result = Program.of("sh", "-c", "pwd; echo \"$A ${HOME-unset}\"; cat")
                .in(folder)
                .env("A", "b c")
                .without("HOME")
                .stdin("zwei\nZeilen ü\n")
                .run();

        assertThat(result.out()).containsExactly(folder.toString(), "b c unset", "zwei", "Zeilen ü");
    }

    @Test
    void aProgramThatReadsNothingIsNoError() throws StrixhaloException {
        assertThat(Program.of("true").stdin("x".repeat(1 << 20)).run().succeeded())
                .isTrue();
    }

    @Test
    void muchOutputOnBothStreamsBlocksNothing() throws StrixhaloException {
        var result = Program.of(
                        "sh",
                        "-c",
                        "i=0; while [ $i -lt 20000 ]; do echo 0123456789; echo 0123456789 >&2; i=$((i+1)); done")
                .run();

        assertThat(result.out()).hasSize(20000);
        assertThat(result.err()).hasSize(20000);
    }

    @Test
    void itsTimeEndsTheWholeTree() throws StrixhaloException {
        var started = Instant.now();
        var pids = new ConcurrentLinkedQueue<String>();

        assertThatThrownBy(() -> Program.of("sh", "-c", "sleep 600 & echo $!; wait")
                        .timeout(Duration.ofMillis(500))
                        .streaming(pids::add)
                        .run())
                .hasMessageContaining("did not end within 0.5 s");

        assertThat(Duration.between(started, Instant.now())).isLessThan(Duration.ofSeconds(15));
        long child = Long.parseLong(pids.remove());
        assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void aProgramThatIsNotThereIsSaid() {
        assertThatThrownBy(() -> Program.of("no-such-program-7f3a").run())
                .hasMessage("no-such-program-7f3a cannot be started.");
    }

    @Test
    void anInterruptEndsTheProgramAndIsKept() throws InterruptedException {
        var thread = new Thread(() -> {
            assertThatThrownBy(() -> Program.of("sleep", "600").run()).hasMessage("sleep was interrupted.");
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        });
        var failures = new ConcurrentLinkedQueue<Throwable>();
        thread.setUncaughtExceptionHandler((t, e) -> failures.add(e));
        thread.start();
        while (thread.getState() != Thread.State.TIMED_WAITING) Thread.sleep(10);
        thread.interrupt();
        thread.join(20_000);

        assertThat(thread.isAlive()).isFalse();
        assertThat(failures).isEmpty();
    }
}
