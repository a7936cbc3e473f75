package dev.strixhalo.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real program at both ends, on two addresses of this machine. */
@Timeout(60)
class ReachTest {
    private static final List<String> NODES = List.of("127.0.0.71", "127.0.0.72");
    private static final int SECONDS = 2;

    @TempDir
    Path folder;

    private Path program;
    private int port;

    @BeforeEach
    void prepare() throws Exception {
        assumeTrue(Program.of("sh", "-c", "command -v python3").run().succeeded(), "python3 is not installed");
        program = folder.resolve("reach.py");
        try (var stream = Reach.class.getResourceAsStream("reach.py")) {
            if (stream == null) throw new IllegalStateException("reach.py is not in the jar");
            Files.copy(stream, program);
        }
        try (var free = new ServerSocket(0, 1, InetAddress.getByName(NODES.get(0)))) {
            port = free.getLocalPort();
        }
    }

    /** A node that comes to the meeting. */
    private Process comes(int index) throws IOException {
        return new ProcessBuilder(
                        "python3",
                        "-I",
                        "-S",
                        program.toString(),
                        String.valueOf(port),
                        String.valueOf(SECONDS),
                        NODES.get(index),
                        "-",
                        NODES.get(1 - index))
                .redirectErrorStream(true)
                .start();
    }

    private static List<String> said(Process node) throws Exception {
        var lines = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(node.waitFor()).as(lines.toString()).isZero();
        return lines;
    }

    private static Duration since(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    @Test
    void nodesThatComeTogetherPartAsSoonAsTheyHaveMet() throws Exception {
        long began = System.nanoTime();

        var first = comes(0);
        var second = comes(1);

        assertThat(said(first)).contains("listen fabric ok", "fabric 127.0.0.72 open");
        assertThat(said(second)).contains("listen fabric ok", "fabric 127.0.0.71 open");
        assertThat(since(began)).isLessThan(Duration.ofSeconds(2 * SECONDS));
    }

    @Test
    void oneThatComesLateIsWaitedFor() throws Exception {
        var first = comes(0);
        Thread.sleep(Duration.ofSeconds(2 * SECONDS).toMillis());
        var second = comes(1);

        assertThat(said(first)).contains("fabric 127.0.0.72 open");
        assertThat(said(second)).contains("fabric 127.0.0.71 open");
    }

    @Test
    void oneThatNeverComesIsGivenUp() throws Exception {
        long began = System.nanoTime();

        assertThat(said(comes(0))).contains("listen fabric ok", "fabric 127.0.0.72 refused");
        assertThat(since(began)).isBetween(Duration.ofSeconds(2 * SECONDS), Duration.ofSeconds(3 * SECONDS + 5));
    }

    /** Whoever has the port is told; the other end does not wait for visits that cannot come. */
    @Test
    void aPortThatIsTakenIsTold() throws Exception {
        try (var taken = new ServerSocket(port, 1, InetAddress.getByName(NODES.get(0)))) {
            assertThat(taken.isBound()).isTrue();
            var lines = said(comes(0));
            assertThat(lines).anyMatch(line -> line.startsWith("listen fabric Address already in use"));
        }
    }
}
