package dev.strixhalo.remote;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.NodeDescription;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A real sshd on loopback with keys and configuration of its own, and a home folder whose ssh may log in there. */
final class OpenSsh implements AutoCloseable {
    private static final Path SSHD = Path.of("/usr/sbin/sshd");

    final Path folder;
    final Path home;
    final int port;
    final Map<String, String> environment = new HashMap<>(Map.of("PATH", System.getenv("PATH")));
    private @Nullable Process sshd;

    private OpenSsh(Path folder) throws Exception {
        this.folder = folder;
        this.home = Files.createDirectories(folder.resolve("home"));
        this.port = freePort();
    }

    /** A server with these lines before its defaults (the first value wins), and a client that knows it as "node1". */
    static OpenSsh start(Path folder, String... settings) throws Exception {
        assumeTrue(Files.isExecutable(SSHD), "no " + SSHD + ": install openssh-server to run this test");
        var server = new OpenSsh(Files.createDirectories(folder));
        Files.createDirectories(server.home.resolve(".ssh"));
        keygen(server.hostKey(), "");
        keygen(server.home.resolve(".ssh/id_ed25519"), "");
        Files.copy(server.home.resolve(".ssh/id_ed25519.pub"), folder.resolve("authorized_keys"));
        server.knowHostKey("[127.0.0.1]:" + server.port);
        server.config("Host node1", "  HostName 127.0.0.1", "  Port " + server.port);
        server.run(settings);
        return server;
    }

    /** The same server and client again, on the same port, with other settings. */
    static OpenSsh restart(OpenSsh server, String... settings) throws Exception {
        server.close();
        server.run(settings);
        return server;
    }

    private void run(String... settings) throws Exception {
        var lines = new ArrayList<>(List.of(settings));
        lines.addAll(List.of(
                "ListenAddress 127.0.0.1:" + port,
                "HostKey " + hostKey(),
                "AuthorizedKeysFile " + folder.resolve("authorized_keys"),
                "PidFile none",
                "StrictModes no",
                "UsePAM no",
                "PasswordAuthentication no",
                "KbdInteractiveAuthentication no",
                "PermitRootLogin yes",
                "UseDNS no",
                "LogLevel VERBOSE"));
        Files.write(folder.resolve("sshd_config"), lines);
        if (asRoot()) Files.createDirectories(Path.of("/run/sshd"));
        sshd = new ProcessBuilder(
                        SSHD.toString(),
                        "-D",
                        "-e",
                        "-f",
                        folder.resolve("sshd_config").toString())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        awaitListener();
    }

    private Process sshd() {
        return Objects.requireNonNull(sshd, "sshd was not started");
    }

    private void awaitListener() throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                if (!sshd().isAlive() || System.nanoTime() - deadline > 0) {
                    throw new IllegalStateException("sshd does not listen: " + Files.readString(log()), e);
                }
                Thread.sleep(20);
            }
        }
    }

    Path log() {
        return folder.resolve("sshd.log");
    }

    Path hostKey() {
        return folder.resolve("host_key");
    }

    Path knownHosts() {
        return home.resolve(".ssh/known_hosts");
    }

    void config(String... lines) throws IOException {
        Files.write(home.resolve(".ssh/config"), List.of(lines));
    }

    void knowHostKey(String name) throws IOException {
        var words = Files.readString(folder.resolve("host_key.pub")).split(" ", -1);
        Files.writeString(knownHosts(), "%s %s %s%n".formatted(name, words[0], words[1].strip()));
    }

    RemoteSettings settings() {
        return new RemoteSettings(
                home,
                System.getProperty("user.name"),
                environment,
                folder.resolve("etc-ssh"),
                Duration.ofSeconds(5),
                Duration.ofSeconds(15),
                new Random());
    }

    Nodes connect() throws StrixhaloException {
        return Nodes.connect(cluster("node1"), settings());
    }

    Nodes connect(String host) throws StrixhaloException {
        return Nodes.connect(cluster(host), settings());
    }

    /** Nodes with these hosts, called node1, node2 and so on. */
    static Cluster cluster(String... hosts) throws StrixhaloException {
        var nodes = new ArrayList<NodeDescription>();
        for (var host : hosts) {
            nodes.add(new NodeDescription(null, host, null, "192.168.100.%d/24".formatted(nodes.size() + 1), null));
        }
        return Cluster.of("test", null, nodes);
    }

    static void keygen(Path file, String passphrase, String... more) throws StrixhaloException {
        var argv = new ArrayList<>(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "test", "-f"));
        argv.add(file.toString());
        argv.addAll(List.of(more));
        Program.of(argv).run().orFail();
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static boolean asRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** Ends the server with the sessions that it holds, as a node does that loses its power. */
    void kill() {
        sshd().descendants().forEach(ProcessHandle::destroyForcibly);
        sshd().destroyForcibly();
    }

    @Override
    public void close() {
        if (sshd != null) Program.endTree(sshd.toHandle());
    }
}
