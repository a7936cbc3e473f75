package dev.strixhalo.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveProgressTest {
    private static final long GB = 1_000_000_000;

    private final AtomicLong clock = new AtomicLong(Duration.ofDays(1).toNanos());
    private final RecordingLog log = new RecordingLog();
    private final ByteArrayOutputStream drawn = new ByteArrayOutputStream();
    private LiveProgress progress = new LiveProgress(new PlainScreen(log), clock::get);

    @AfterEach
    void close() {
        progress.close();
    }

    @Test
    void aTopicIsShownOnce() {
        progress.line("look", "node1 ok");
        progress.line("look", "node2 ok");
        progress.line("base", "there");
        progress.warn("old kernel");

        assertThat(log.lines)
                .containsExactly(
                        "[INFO] look    node1 ok",
                        "[INFO]         node2 ok",
                        "[INFO] base    there",
                        "[WARNING] old kernel");
    }

    @Test
    void aStepEndsWithItsTimeAtTheEdgeOf100Columns() {
        try (var step = progress.begin("gate")) {
            pass(6100);
            step.done("node1 passed");
        }

        assertThat(log.lines)
                .singleElement()
                .asString()
                .startsWith("[INFO] gate    node1 passed  ")
                .endsWith(" 6.1 s")
                .hasSize(100);
    }

    @Test
    void aStepThatIsClosedWithoutAnOutcomeSaysNone() {
        progress.begin("gate").close();

        assertThat(log.lines).isEmpty();
    }

    @Test
    void plainLinesTellBytesRateAndTimeLeftOfEachNode() {
        var step = progress.begin("base");
        step.bytes("node1", 0, 12 * GB);
        step.bytes("node2", 0, -1);
        pass(5000);
        step.bytes("node1", 500_000_000, 12 * GB);
        step.bytes("node2", 10_000_000, -1);
        progress.tick();

        assertThat(log.lines)
                .containsExactly(
                        "[INFO] base    node1 0.5/12.0 GB  100 MB/s  1:55 left  (5 s so far)",
                        "[INFO] base    node2 10 MB  2.0 MB/s  (5 s so far)");
    }

    @Test
    void aStallShowsAsARateOfNothing() {
        var step = progress.begin("base");
        step.bytes("node1", 0, GB);
        pass(1000);
        step.bytes("node1", GB / 2, GB);
        pass(60_000);
        progress.tick();

        assertThat(log.lines).singleElement().asString().contains("0.5/1.0 GB  0 B/s");
    }

    @Test
    void plainLinesThatSayNothingNewAreRare() {
        progress.begin("gate").note("node1", "import torch");
        for (int i = 0; i < 12; i++) {
            pass(5000);
            progress.tick();
        }

        assertThat(log.lines)
                .containsExactly(
                        "[INFO] gate    node1 import torch  (5 s so far)",
                        "[INFO] gate    node1 import torch  (30 s so far)",
                        "[INFO] gate    node1 import torch  (60 s so far)");
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 80, 100, 250})
    void terminalLinesNeverReachTheEdge(int columns) {
        onTerminal(columns, true);
        var step = progress.begin("weights");
        step.bytes("node1", 8_100_000_000L, 16_100_000_000L);
        step.note("node1", "a note that is much longer than any terminal has room for ".repeat(3));
        step.bytes("node2", 8_000_000_000L, 16_100_000_000L);
        progress.tick();

        var lines = drawn.toString(UTF_8).lines().toList();
        assertThat(lines)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.length()).isLessThan(Math.min(columns, 100)));
    }

    @Test
    void aTerminalShowsABarAndDrawsItAnew() {
        onTerminal(100, true);
        var step = progress.begin("weights");
        step.bytes("node1", 8 * GB, 16 * GB);
        step.bytes("node2", 4 * GB, 16 * GB);
        progress.tick();
        progress.tick();
        step.done("loaded");

        var text = drawn.toString(UTF_8);
        assertThat(text).contains("weights node1 ", "▕" + "█".repeat(15) + " ".repeat(15) + "▏", "8.0/16.0 GB");
        assertThat(text).contains("\u001b[2A\r\u001b[J");
        assertThat(text).as("nothing is left of the moving lines").endsWith("\u001b[2A\r\u001b[J");
        assertThat(log.lines).singleElement().asString().startsWith("[INFO] weights loaded");
    }

    @Test
    void aTerminalWithoutBlocksGetsAsciiBars() {
        onTerminal(100, false);
        progress.begin("weights").bytes(null, GB, 2 * GB);
        progress.tick();

        assertThat(drawn.toString(UTF_8))
                .contains("[" + "#".repeat(15) + " ".repeat(15) + "]")
                .doesNotContain("█");
    }

    @Test
    void onlyVerdictsAreColoured() {
        onTerminal(100, true);
        progress.line("look", "node1 is fine   ok");
        progress.line("look", "ok is a word");
        progress.line("look", "kernel   warn  kernels differ");

        assertThat(log.lines)
                .containsExactly(
                        "[INFO] look    node1 is fine   \u001b[32mok\u001b[0m",
                        "[INFO]         ok is a word",
                        "[INFO]         kernel   \u001b[33mwarn\u001b[0m  kernels differ");
    }

    private void pass(long millis) {
        clock.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    private void onTerminal(int columns, boolean blocks) {
        var screen = new TerminalScreen(log, new PrintStream(drawn, true, UTF_8), columns, true, blocks);
        progress = new LiveProgress(screen, clock::get);
    }
}
