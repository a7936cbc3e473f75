package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
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
    void handsLinesOnAsTheyCome() throws Exception {
        var times = new CopyOnWriteArrayList<Long>();

        node.run(RemoteCommand.script("echo a; sleep 1; echo b"), (stream, line) -> times.add(System.nanoTime()));

        assertThat(times).hasSize(2);
        assertThat(Duration.ofNanos(times.get(1) - times.get(0))).isGreaterThan(Duration.ofMillis(800));
    }

    @Test
    void saysSoWhenTheConnectionBreaksInTheMiddleOfACommand() {
        assertThatThrownBy(
                        () -> node.run(RemoteCommand.script("echo begun; sleep 60"), (stream, line) -> server.kill()))
                .hasMessageContaining("node1: the connection broke while 'sh -s --' ran.")
                .satisfies(SshConnectionTest::tellsHow);
        assertThatThrownBy(() -> node.run(RemoteCommand.of("true")))
                .hasMessageContaining("node1: the connection was gone before 'true' began.")
                .satisfies(SshConnectionTest::tellsHow);
    }

    /** Whether the end or the reset of the connection comes first is the kernel's choice. */
    private static void tellsHow(Throwable failure) {
        assertThat(((StrixhaloException) failure).problems().get(0).found().get(0))
                .matches("End of IO Stream Read|Connection reset|Broken pipe");
    }

    /** JSch's reading thread gives the whole session up when standard error's bytes meet a stream that is closed. */
    @Test
    void aCommandThatIsEndedWhileItComplainsEndsAlone() throws Exception {
        var complaining = RemoteCommand.script("while :; do echo it does not work; done >&2")
                .timeout(Duration.ofSeconds(1));
        for (int i = 0; i < 8; i++) {
            assertThatThrownBy(() -> node.run(complaining)).hasMessageContaining("did not end within 1.0 s");
            assertThat(node.run(RemoteCommand.of("echo", "" + i)).text()).isEqualTo("" + i);
        }
    }

    @Test
    void whoCannotTakeALineLosesTheCommandAndNotTheConnection() throws Exception {
        var complaining = RemoteCommand.script("while :; do echo it does not work; done >&2");

        assertThatThrownBy(() -> node.run(complaining, (stream, line) -> {
                    throw new ArithmeticException("a bug");
                }))
                .isInstanceOf(ArithmeticException.class);

        assertThat(node.run(RemoteCommand.of("echo", "on")).text()).isEqualTo("on");
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
