package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tunnels through the OpenSSH of this machine, as the node's administrator may have set it up. */
@Timeout(60)
class SshForwardTest {
    @TempDir
    Path folder;

    @Test
    void leadsThirtyConnectionsAtOnceToHere() throws Exception {
        try (var server = OpenSsh.start(folder);
                var nodes = server.connect();
                var echo = new Echo();
                var forward = nodes.head().forwardHere(echo.port())) {
            var threads = Executors.newFixedThreadPool(30);
            var calls = new ArrayList<Callable<Integer>>();
            for (int i = 0; i < 30; i++) {
                int n = i;
                calls.add(() -> {
                    try (var socket = new Socket(InetAddress.getLoopbackAddress(), forward.port())) {
                        socket.getOutputStream().write(n);
                        return socket.getInputStream().read();
                    }
                });
            }

            var answers = threads.invokeAll(calls);

            for (int i = 0; i < 30; i++) assertThat(answers.get(i).get()).isEqualTo(i);
            threads.shutdown();
        }
    }

    @Test
    void isGoneWhenItIsClosedAndWhenTheConnectionIs() throws Exception {
        try (var server = OpenSsh.start(folder);
                var echo = new Echo()) {
            int left;
            try (var nodes = server.connect()) {
                var forward = nodes.head().forwardHere(echo.port());
                forward.close();
                assertRefused(forward.port());
                left = nodes.head().forwardHere(echo.port()).port();
            }
            assertRefused(left);
        }
    }

    @Test
    void acceptsClientSpecifiedSinceLoopbackIsWhatWeSpecify() throws Exception {
        try (var server = OpenSsh.start(folder, "GatewayPorts clientspecified");
                var nodes = server.connect();
                var echo = new Echo();
                var forward = nodes.head().forwardHere(echo.port())) {
            assertThat(forward.port()).isPositive();
        }
    }

    @Test
    void refusesAnSshdThatOpensForwardsToTheNetworkAndClosesThem() throws Exception {
        try (var server = OpenSsh.start(folder, "GatewayPorts yes");
                var nodes = server.connect();
                var echo = new Echo()) {
            var failure = catchThrowableOfType(
                    StrixhaloException.class,
                    () -> nodes.head().forwardHere(echo.port()).close());

            var problem = failure.problems().get(0);
            assertThat(problem.sentence()).startsWith("node1: its sshd opens remote forwards to the network");
            assertThat(problem.fixes().get(0)).startsWith("GatewayPorts no");
            Matcher port = Pattern.compile("port (\\d+) on 0\\.0\\.0\\.0")
                    .matcher(problem.found().get(0));
            assertThat(port.find()).isTrue();
            assertRefused(Integer.parseInt(port.group(1)));
        }
    }

    @Test
    void saysThatSshdForbidsForwards() throws Exception {
        for (var setting : new String[] {
            "AllowTcpForwarding no", "AllowTcpForwarding local", "DisableForwarding yes", "PermitListen 127.0.0.1:9"
        }) {
            try (var server = OpenSsh.start(folder.resolve(setting.replace(' ', '-')), setting);
                    var nodes = server.connect();
                    var echo = new Echo()) {
                var failure = catchThrowableOfType(
                        StrixhaloException.class,
                        () -> nodes.head().forwardHere(echo.port()).close());

                assertThat(failure)
                        .as(setting)
                        .hasMessage("node1: its sshd forbids remote forwards, through which the image travels.");
                assertThat(failure.problems().get(0).fixes().get(0))
                        .contains("AllowTcpForwarding", "/etc/ssh/sshd_config");
            }
        }
    }

    /** sshd takes its listener away right after it has answered. */
    private static void assertRefused(int port) throws Exception {
        for (int i = 0; i < 100; i++) {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                Thread.sleep(20);
            } catch (ConnectException e) {
                return;
            }
        }
        throw new AssertionError("port " + port + " is still open");
    }

    private static final class Echo implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        Echo() throws IOException {
            var thread = new Thread(() -> {
                while (true) {
                    try (var socket = listener.accept()) {
                        socket.getOutputStream().write(socket.getInputStream().read());
                    } catch (IOException e) {
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
        }
    }
}
