package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.StrixhaloException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three real sshds: two to jump from, one to reach; the client knows all of them by the keys of one home. */
@Timeout(60)
class ProxyJumpTest {
    @TempDir
    Path folder;

    private OpenSsh gate;
    private OpenSsh second;
    private OpenSsh node;

    @BeforeEach
    void start() throws Exception {
        gate = OpenSsh.start(folder.resolve("gate"));
        second = OpenSsh.start(folder.resolve("second"));
        node = OpenSsh.start(folder.resolve("node"));
        var known = new StringBuilder();
        for (var server : new OpenSsh[] {gate, second, node}) {
            known.append(Files.readString(server.knownHosts()));
            Files.copy(
                    node.home.resolve(".ssh/id_ed25519.pub"),
                    server.folder.resolve("authorized_keys"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        Files.writeString(node.knownHosts(), known);
    }

    @AfterEach
    void stop() throws Exception {
        for (var server : new OpenSsh[] {gate, second, node}) if (server != null) server.close();
    }

    @Test
    void goesThroughTheHostsOfProxyJumpInTheirOrder() throws Exception {
        node.config(
                "Host node1",
                "  HostName 127.0.0.1",
                "  Port " + node.port,
                "  ProxyJump gate,second",
                "Host gate",
                "  HostName 127.0.0.1",
                "  Port " + gate.port,
                "Host second",
                "  HostName 127.0.0.1",
                "  Port " + second.port);

        try (var nodes = node.connect();
                var here = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var forward = nodes.head().forwardHere(here.getLocalPort())) {
            var client = nodes.head()
                    .run(RemoteCommand.of("sh", "-c", "echo $SSH_CONNECTION"))
                    .text();

            assertThat(client).endsWith(" " + node.port);
            assertThat(forward.port()).isPositive();
            assertThat(Files.readString(gate.log())).contains("Accepted publickey");
            assertThat(Files.readString(second.log())).contains("Accepted publickey");
        }
        NodesTest.await(
                () -> NodesTest.CLOSED.matcher(Files.readString(gate.log())).find());
    }

    @Test
    void saysWhichHostOfTheWayFailed() throws Exception {
        node.config("Host node1", "  HostName 127.0.0.1", "  Port " + node.port, "  ProxyJump no-such-host.invalid");
        assertThat(failure()).hasMessage("node1: its host name 'no-such-host.invalid' does not resolve.");

        node.config(
                "Host node1",
                "  HostName 127.0.0.1",
                "  Port " + OpenSsh.freePort(),
                "  ProxyJump 127.0.0.1:" + gate.port);
        assertThat(failure())
                .hasMessageContaining("node1: the host to jump from cannot or may not connect to 127.0.0.1:");
    }

    @Test
    void namesACircle() throws Exception {
        node.config("Host *", "  ProxyJump gate");

        assertThat(failure()).hasMessageContaining("does it run in a circle?");
    }

    private StrixhaloException failure() {
        return catchThrowableOfType(
                StrixhaloException.class, () -> node.connect().close());
    }
}
