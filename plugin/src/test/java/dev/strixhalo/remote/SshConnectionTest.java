package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against the OpenSSH of this machine. */
@Timeout(60)
class SshConnectionTest {
    @TempDir
    Path folder;

    private OpenSsh server;
    private Nodes nodes;
    private NodeConnection node;

    @BeforeEach
    void connect() throws Exception {
        server = OpenSsh.start(folder);
        nodes = server.connect();
        node = nodes.head();
    }

    @AfterEach
    void close() throws Exception {
        if (nodes != null) nodes.close();
        if (server != null) server.close();
    }

    @Test
    void runsACommandWithItsStdinAndTellsItsStreamsApart() throws Exception {
        var result =
                node.run(RemoteCommand.script("cat; echo wrong >&2; exit 3").stdin("cat; echo wrong >&2; exit 3\n"));

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.err()).containsExactly("wrong");
        assertThat(node.run(RemoteCommand.of("cat").stdin("one\ntwo")).out()).containsExactly("one", "two");
    }

    @Test
    void handsLinesOnAsTheyCome() throws Exception {
        var times = new CopyOnWriteArrayList<Long>();

        node.run(RemoteCommand.script("echo a; sleep 1; echo b"), (stream, line) -> times.add(System.nanoTime()));

        assertThat(times).hasSize(2);
        assertThat(Duration.ofNanos(times.get(1) - times.get(0))).isGreaterThan(Duration.ofMillis(800));
    }

    @Test
    void endsACommandAtItsTimeOutHereAndThere() throws Exception {
        var command =
                RemoteCommand.script("echo $$; sleep 300; echo not reached").timeout(Duration.ofSeconds(2));
        var pid = new CopyOnWriteArrayList<String>();

        assertThatThrownBy(() -> node.run(command, (stream, line) -> pid.add(line)))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContaining("node1: 'sh -s --' did not end within");

        assertEnds(pid.get(0));
    }

    private static void assertEnds(String pid) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
        while (ProcessHandle.of(Long.parseLong(pid)).isPresent() && System.nanoTime() - deadline < 0) Thread.sleep(50);
        assertThat(ProcessHandle.of(Long.parseLong(pid))).isEmpty();
    }

    @Test
    void opensAPortOnTheNodesLoopbackThatLeadsHereAndClosesIt() throws Exception {
        try (var here = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var forward = node.forwardHere(here.getLocalPort())) {
            assertThat(forward.port()).isNotEqualTo(here.getLocalPort());
            try (var from = new Socket(InetAddress.getLoopbackAddress(), forward.port());
                    var to = here.accept()) {
                from.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                assertThat(to.getInputStream().readNBytes(5)).asString().isEqualTo("hello");
            }
            forward.close();
            assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), forward.port()).close())
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void saysSoWhenTheConnectionBreaksInTheMiddleOfACommand() {
        assertThatThrownBy(
                        () -> node.run(RemoteCommand.script("echo begun; sleep 60"), (stream, line) -> server.kill()))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContaining("node1: the connection broke while 'sh -s --' ran.");
    }

    @Test
    void runsManyCommandsAtOnceThoughSshdAllowsTenOnly() throws Exception {
        var done = new CopyOnWriteArrayList<Integer>();
        var threads = new java.util.ArrayList<Thread>();
        for (int i = 0; i < 25; i++) {
            int n = i;
            var thread = new Thread(() -> {
                try {
                    done.add(Integer.parseInt(
                            node.run(RemoteCommand.of("echo", "" + n)).text()));
                } catch (StrixhaloException e) {
                    throw new IllegalStateException(e);
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (var thread : threads) thread.join();

        assertThat(done).hasSize(25).contains(0, 24);
        assertThat(List.copyOf(done)).doesNotHaveDuplicates();
    }
}
