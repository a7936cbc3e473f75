package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes: one sshd under two names. */
@Timeout(60)
class NodesTest {
    /** What sshd logs when a session of ours has ended, in one way or the other. */
    static final Pattern CLOSED =
            Pattern.compile("Transferred: sent|Connection (reset|closed) by|Read error from remote host");

    @TempDir
    Path folder;

    private OpenSsh server() throws Exception {
        var server = OpenSsh.start(folder);
        server.config("Host node1 node2", "  HostName 127.0.0.1", "  Port " + server.port);
        return server;
    }

    @Test
    void worksOnAllNodesAtOnceAndKeepsTheirOrder() throws Exception {
        try (var server = server();
                var nodes = Nodes.connect(OpenSsh.cluster("node1", "node2"), server.settings())) {
            var both = new CountDownLatch(2);

            var results = nodes.onAll(connection -> {
                both.countDown();
                try {
                    // Neither gets on before the other has begun.
                    assertThat(both.await(20, TimeUnit.SECONDS)).isTrue();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return connection
                        .run(RemoteCommand.of("echo", connection.node().name()))
                        .text();
            });

            assertThat(results.values()).containsExactly("node1", "node2");
            assertThat(nodes.head().node().name()).isEqualTo("node1");
            assertThat(nodes.of(nodes.cluster().nodes().get(1)))
                    .isSameAs(nodes.all().get(1));
        }
    }

    @Test
    void tellsTheFailuresOfAllNodes() throws Exception {
        try (var server = server();
                var nodes = Nodes.connect(OpenSsh.cluster("node1", "node2"), server.settings())) {
            var failure = catchThrowableOfType(
                    StrixhaloException.class,
                    () -> nodes.onAll(connection ->
                            connection.run(RemoteCommand.of("ls", "/nowhere")).orFail()));

            assertThat(failure.problems().stream().map(Problem::node)).containsExactly("node1", "node2");
        }
    }

    @Test
    void aBugOnOneNodeStaysABug() throws Exception {
        try (var server = server();
                var nodes = Nodes.connect(OpenSsh.cluster("node1", "node2"), server.settings())) {
            assertThatThrownBy(() -> nodes.onAll(connection -> {
                        throw new ArithmeticException("a bug");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasRootCauseInstanceOf(ArithmeticException.class);
        }
    }

    @Test
    void closesWhatWasOpenedWhenOneNodeCannotBeReached() throws Exception {
        try (var server = server()) {
            var failure = catchThrowableOfType(
                    StrixhaloException.class,
                    () -> Nodes.connect(OpenSsh.cluster("node1", "no-such-host.invalid"), server.settings())
                            .close());

            assertThat(failure.problems()).hasSize(1);
            assertThat(failure.problems().get(0).node()).isEqualTo("node2");
            // sshd's word depends on whether something of its own was still on the way to us: then the end is a reset.
            await(() -> CLOSED.matcher(Files.readString(server.log())).find());
        }
    }

    @Test
    void anInterruptEndsTheWorkOnTheNodesAndIsToldAsSuch() throws Exception {
        try (var server = server();
                var nodes = Nodes.connect(OpenSsh.cluster("node1", "node2"), server.settings())) {
            var begun = new CountDownLatch(2);
            var failure = new AtomicReference<Throwable>();
            var pids = java.util.concurrent.ConcurrentHashMap.<String>newKeySet();
            var worker = new Thread(() -> {
                try {
                    nodes.onAll(connection ->
                            connection.run(RemoteCommand.script("echo $$; sleep 300; :"), (stream, line) -> {
                                pids.add(line);
                                begun.countDown();
                            }));
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            worker.start();
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

            worker.interrupt();
            worker.join(5000);

            assertThat(failure.get())
                    .isInstanceOf(StrixhaloException.class)
                    .hasMessage("the work on the nodes was interrupted.");
            for (var pid : pids)
                await(() -> ProcessHandle.of(Long.parseLong(pid)).isEmpty());
        }
    }

    /**
     * What Ctrl-C does to Maven: the JVM ends in an orderly way, as it does for TERM, which unlike INT is not ignored where these
     * tests run in the background. And what kill -9 does: it does not.
     */
    @Test
    void commandsOnTheNodesEndWithTheProcessThatAskedForThem() throws Exception {
        for (var signal : List.of("TERM", "KILL")) {
            try (var server = OpenSsh.start(folder.resolve(signal))) {
                var process = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Sleeper.class.getName(),
                                server.home.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
                var pid = Long.parseLong(process.inputReader().readLine());
                assertThat(ProcessHandle.of(pid)).isPresent();

                new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid()))
                        .start()
                        .waitFor();

                assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
                await(() -> ProcessHandle.of(pid).isEmpty());
            }
        }
    }

    /** A process that runs a command on a node until it is ended. */
    static final class Sleeper {
        private Sleeper() {}

        public static void main(String[] arguments) throws StrixhaloException {
            var home = Path.of(arguments[0]);
            var settings = RemoteSettings.of(home, System.getProperty("user.name"), System.getenv());
            try (var nodes = Nodes.connect(OpenSsh.cluster("node1"), settings)) {
                nodes.head()
                        .run(
                                RemoteCommand.script("echo $$; sleep 300; :").timeout(Duration.ofMinutes(5)),
                                (stream, line) -> System.out.println(line));
            }
        }
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    static void await(Condition condition) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(50);
        }
    }
}
