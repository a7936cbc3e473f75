package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything that may stand where an sshd was expected. No time-out of these tests is one of the product's defaults. */
@Timeout(60)
class SshFailureTest {
    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration LOGIN = Duration.ofSeconds(2);

    @TempDir
    Path home;

    @Test
    void aHostNameThatDoesNotResolve() {
        var problem = refused("no-such-host.invalid");

        assertThat(problem.sentence()).isEqualTo("node1: its host name 'no-such-host.invalid' does not resolve.");
        assertThat(problem.fixes()).hasSize(1).first().asString().startsWith("getent hosts no-such-host.invalid");
    }

    @Test
    void aPortWhereNothingListens() throws Exception {
        int port = OpenSsh.freePort();
        leadTo(port);

        var problem = refused("node1");

        assertThat(problem.sentence())
                .isEqualTo("node1: nothing takes SSH connections at 127.0.0.1 port %d.".formatted(port));
        assertThat(problem.found()).containsExactly("Connection refused");
    }

    @Test
    void aMachineThatDropsEveryPacket() throws Exception {
        // Linux leaves connections unanswered for which a listener's queue has no room.
        try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var queue = new ArrayList<Socket>();
            try {
                while (queue.size() < 8) {
                    var socket = new Socket();
                    queue.add(socket);
                    socket.connect(full.getLocalSocketAddress(), 200);
                }
            } catch (IOException e) {
                // The queue is full.
            }
            leadTo(full.getLocalPort());

            var problem = refused("node1");

            assertThat(problem.what())
                    .isEqualTo("127.0.0.1:%d did not answer within 1.0 s.".formatted(full.getLocalPort()));
            for (var socket : queue) socket.close();
        }
    }

    @Test
    void aServerThatNeverSaysAWord() throws Exception {
        try (var silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            leadTo(silent.getLocalPort());

            assertThat(refused("node1").what()).contains("took the connection, but the login was not done within");
        }
    }

    @Test
    void aServerThatSaysAWordNowAndThen() throws Exception {
        try (var odd = new Odd(socket -> {
            while (true) {
                socket.getOutputStream().write('x');
                Thread.sleep(300);
            }
        })) {
            leadTo(odd.port());
            long before = System.nanoTime();

            assertThat(refused("node1").what()).contains("took the connection, but the login was not done within");
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(20));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
    }

    @Test
    void aServerThatHangsUpAtOnce() throws Exception {
        try (var odd = new Odd(Socket::close)) {
            leadTo(odd.port());

            var problem = refused("node1");

            assertThat(problem.what()).contains("took the connection and closed it before the login");
            assertThat(problem.fixes().get(0)).contains("MaxStartups", "PerSourcePenalties");
        }
    }

    @Test
    void anSshdThatHasTooManyLoginsUnderWay() throws Exception {
        // What OpenSSH says above MaxStartups before it hangs up.
        try (var odd = new Odd(socket -> {
            socket.getOutputStream().write("Exceeded MaxStartups\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.close();
        })) {
            leadTo(odd.port());

            assertThat(refused("node1").what()).contains("took the connection and closed it before the login");
        }
    }

    @Test
    void anSshdThatTakesPasswordsOnly() throws Exception {
        try (var server = SshServer.setUpDefaultServer()) {
            server.setHost("127.0.0.1");
            server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider());
            server.setPasswordAuthenticator((user, password, session) -> true);
            server.start();
            leadTo(server.getPort());
            learnHostKey();

            var problem = refused("node1");

            assertThat(problem.what()).contains("does not let 'me' in with any key of ours");
            assertThat(problem.found()).contains("no key to offer").anyMatch(line -> line.contains("password"));
        }
    }

    @Test
    void allNodesAreToldOfAtOnce() throws Exception {
        int port = OpenSsh.freePort();
        Files.createDirectories(home.resolve(".ssh"));
        Files.writeString(
                home.resolve(".ssh/config"),
                "Host a\nHostName 127.0.0.1\nPort %d\nHost b\nProxyCommand x\n".formatted(port));

        var failure = catchThrowableOfType(
                StrixhaloException.class,
                () -> Nodes.connect(OpenSsh.cluster("a", "b", "c.invalid"), settings())
                        .close());

        assertThat(failure.problems().stream().map(Problem::node)).containsExactly("node1", "node2", "node3");
    }

    private void learnHostKey() throws Exception {
        var line = refused("node1").fixes().stream()
                .filter(fix -> fix.contains("echo '"))
                .findFirst()
                .orElseThrow();
        var key = line.substring(line.indexOf("echo '") + 6, line.indexOf("' >>"));
        Files.writeString(home.resolve(".ssh/known_hosts"), key + "\n");
    }

    private void leadTo(int port) throws IOException {
        Files.createDirectories(home.resolve(".ssh"));
        Files.writeString(home.resolve(".ssh/config"), "Host node1\nHostName 127.0.0.1\nPort " + port + "\n");
    }

    private RemoteSettings settings() {
        return new RemoteSettings(home, "me", Map.of(), home.resolve("etc"), CONNECT, LOGIN, new Random(1));
    }

    private Problem refused(String host) {
        var failure = catchThrowableOfType(
                StrixhaloException.class,
                () -> Nodes.connect(OpenSsh.cluster(host), settings()).close());
        assertThat(failure).isNotNull();
        return failure.problems().get(0);
    }

    /** Something that takes connections and does to each what it was told. */
    private static final class Odd implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
        private final List<Socket> taken = new ArrayList<>();

        interface Treatment {
            void of(Socket socket) throws IOException, InterruptedException;
        }

        Odd(Treatment treatment) throws IOException {
            var thread = new Thread(() -> {
                while (true) {
                    try {
                        var socket = listener.accept();
                        synchronized (taken) {
                            taken.add(socket);
                        }
                        treatment.of(socket);
                    } catch (IOException | InterruptedException e) {
                        if (listener.isClosed()) return;
                    }
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        int port() {
            return listener.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            listener.close();
            synchronized (taken) {
                for (var socket : taken) socket.close();
            }
        }
    }
}
