package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys of both sides, against the OpenSSH of this machine. */
@Timeout(60)
class SshLoginTest {
    @TempDir
    Path folder;

    private OpenSsh server;

    @BeforeEach
    void start() throws Exception {
        server = OpenSsh.start(folder, "Banner " + Files.writeString(folder.resolve("banner"), "Welcome\n".repeat(50)));
    }

    @AfterEach
    void stop() throws Exception {
        if (server != null) server.close();
    }

    private Path key() {
        return server.home.resolve(".ssh/id_ed25519");
    }

    private String hostFingerprint() throws Exception {
        return Program.of("ssh-keygen", "-lf", server.hostKey() + ".pub")
                .run()
                .orFail()
                .text()
                .split(" ", -1)[1];
    }

    private void assertEnters() throws StrixhaloException {
        try (var nodes = server.connect()) {
            assertThat(nodes.head().run(RemoteCommand.of("echo", "inside")).out())
                    .containsExactly("inside");
        }
    }

    private Problem refused() {
        var failure = catchThrowableOfType(
                StrixhaloException.class, () -> server.connect().close());
        assertThat(failure).isNotNull();
        assertThat(failure.problems()).hasSize(1);
        return failure.problems().get(0);
    }

    @Test
    void aBannerDoesNotDisturb() throws Exception {
        assertEnters();
    }

    @Test
    void refusesAnUnknownHostKeyAndSaysHowToAddIt() throws Exception {
        Files.delete(server.knownHosts());

        var problem = refused();

        assertThat(problem.sentence()).isEqualTo("node1: its host key is not known, so this may be any machine.");
        assertThat(problem.found().get(0))
                .isEqualTo("ssh-ed25519 key of [127.0.0.1]:%d: %s".formatted(server.port, hostFingerprint()));
        assertThat(problem.fixes()).anyMatch(fix -> fix.contains("ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"));
        // The command that is printed does what it says.
        var command = problem.fixes().get(1);
        Program.of("sh", "-c", command.substring(command.indexOf("echo ")))
                .run()
                .orFail();
        assertEnters();
    }

    @Test
    void refusesAChangedHostKeyAndSaysHowToForgetTheOldOne() throws Exception {
        OpenSsh.keygen(folder.resolve("other"), "");
        var other = Files.readString(folder.resolve("other.pub")).split(" ", -1);
        Files.writeString(server.knownHosts(), "[127.0.0.1]:%d %s %s%n".formatted(server.port, other[0], other[1]));

        var problem = refused();

        assertThat(problem.what()).startsWith("its host key has changed");
        assertThat(problem.found()).anyMatch(line -> line.contains("SHA256:"));
        assertThat(problem.found()).contains(server.knownHosts() + " knows another one");
        var command = problem.fixes().get(1);
        Program.of("sh", "-c", command.substring(command.indexOf("ssh-keygen ")))
                .run()
                .orFail();
        assertEnters();
    }

    @Test
    void refusesARevokedHostKey() throws Exception {
        var known = Files.readString(server.knownHosts());
        Files.writeString(server.knownHosts(), known + "@revoked " + known);

        assertThat(refused().what()).isEqualTo("its host key is marked as revoked.");
    }

    @Test
    void findsHashedHostNames() throws Exception {
        Program.of("ssh-keygen", "-q", "-H", "-f", server.knownHosts().toString())
                .run()
                .orFail();
        assertThat(server.knownHosts()).content().startsWith("|1|");

        assertEnters();
    }

    @Test
    void findsHostKeysOfAllUsersFileAndOfNamedFiles() throws Exception {
        Files.createDirectories(server.settings().system());
        Files.move(server.knownHosts(), server.settings().system().resolve("ssh_known_hosts"));
        assertEnters();

        Files.move(server.settings().system().resolve("ssh_known_hosts"), server.home.resolve("mine"));
        assertThat(refused().what()).contains("not known");
        append("  UserKnownHostsFile ~/nowhere ~/mine");
        assertEnters();
    }

    @Test
    void findsHostKeysByTheirAlias() throws Exception {
        server.knowHostKey("the-box");
        append("  HostKeyAlias the-box");

        assertEnters();
    }

    @Test
    void saysThatItDoesNotFollowLaxHostKeyChecking() throws Exception {
        Files.delete(server.knownHosts());
        append("  StrictHostKeyChecking no");

        assertThat(refused().found())
                .anyMatch(
                        line -> line.startsWith("not followed here: ") && line.endsWith("(StrictHostKeyChecking no)"));
        assertThat(server.knownHosts()).doesNotExist();
    }

    @Test
    void refusesAWrongKeyAndTellsWhichWereOffered() throws Exception {
        Files.writeString(folder.resolve("authorized_keys"), "");

        var problem = refused();

        assertThat(problem.sentence())
                .isEqualTo("node1: 127.0.0.1:%d does not let '%s' in with any key of ours."
                        .formatted(server.port, System.getProperty("user.name")));
        assertThat(problem.found()).contains("accepted there: publickey", "keys offered: " + key());
        assertThat(problem.fixes().get(0)).startsWith("ssh-copy-id -p " + server.port);
    }

    @Test
    void refusesAWrongUser() throws Exception {
        append("  User nobody-of-that-name");

        assertThat(refused().what()).contains("does not let 'nobody-of-that-name' in");
    }

    @Test
    void saysThatThereIsNoKeyAtAll() throws Exception {
        Files.delete(key());
        Files.delete(Path.of(key() + ".pub"));

        assertThat(refused().found()).contains("no key to offer");
    }

    @Test
    void namesAKeyThatTheConfigurationWantsAndThatIsNotThere() throws Exception {
        append("  IdentityFile ~/.ssh/lost");

        var problem = refused();

        assertThat(problem.found())
                .contains("no key to offer", "not offered: " + server.home.resolve(".ssh/lost") + " is not there");
    }

    @Test
    void sendsAKeyWithAPassphraseToTheAgent() throws Exception {
        lock();

        var problem = refused();

        assertThat(problem.found())
                .contains("not offered: " + key() + " has a passphrase and the agent does not hold it");
        assertThat(problem.fixes()).contains("ssh-add '" + key() + "'");
    }

    @Test
    void takesAKeyFromTheAgent() throws Exception {
        try (var agent = new Agent()) {
            agent.add(key());
            lock();
            server.environment.put("SSH_AUTH_SOCK", agent.socket.toString());
            assertEnters();

            // By its public half alone, as for keys that never lie on a disk.
            Files.delete(key());
            append("  IdentitiesOnly yes", "  IdentityFile ~/.ssh/id_ed25519.pub");
            assertEnters();

            Files.delete(Path.of(key() + ".pub"));
            assertThat(refused().found()).contains("no key to offer");
        }
    }

    @Test
    void findsTheAgentThatTheConfigurationNames() throws Exception {
        try (var agent = new Agent()) {
            agent.add(key());
            Files.delete(key());
            append("  IdentityAgent " + agent.socket);
            assertEnters();
        }
        assertThat(refused().found()).anyMatch(line -> line.contains("agent") && line.contains("does not answer"));
    }

    @Test
    void takesKeysOfEveryKindThatOpenSshMakes() throws Exception {
        for (var kind : List.of("rsa", "ecdsa")) {
            var key = server.home.resolve("key-" + kind);
            Program.of("ssh-keygen", "-q", "-t", kind, "-N", "", "-f", key.toString())
                    .run()
                    .orFail();
            Files.copy(
                    Path.of(key + ".pub"),
                    folder.resolve("authorized_keys"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            server.config("Host node1", "HostName 127.0.0.1", "Port " + server.port, "IdentityFile " + key);
            assertEnters();
        }
    }

    @Test
    void showsACertificate() throws Exception {
        OpenSsh.keygen(folder.resolve("ca"), "");
        Program.of(
                        "ssh-keygen",
                        "-q",
                        "-s",
                        folder.resolve("ca").toString(),
                        "-I",
                        "me",
                        "-n",
                        System.getProperty("user.name"),
                        key() + ".pub")
                .run()
                .orFail();
        Files.writeString(
                folder.resolve("authorized_keys"), "cert-authority " + Files.readString(folder.resolve("ca.pub")));
        append("  IdentityFile ~/.ssh/id_ed25519", "  CertificateFile ~/.ssh/id_ed25519-cert.pub");

        assertEnters();
    }

    @Test
    void aDamagedKeyIsNamed() throws Exception {
        Files.writeString(key(), "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n");

        assertThat(refused().found()).anyMatch(line -> line.startsWith("not offered: " + key() + " cannot be read"));
    }

    @Test
    void takesHostCertificatesOfAKnownAuthorityAndElseThePlainKey() throws Exception {
        OpenSsh.keygen(folder.resolve("host-ca"), "");
        Program.of(
                        "ssh-keygen",
                        "-q",
                        "-s",
                        folder.resolve("host-ca").toString(),
                        "-h",
                        "-I",
                        "host",
                        "-n",
                        "127.0.0.1,node1",
                        server.hostKey() + ".pub")
                .run()
                .orFail();
        server.close();
        var known = Files.readString(server.knownHosts());
        server = OpenSsh.restart(server, "HostCertificate " + folder.resolve("host_key-cert.pub"));
        Files.writeString(server.knownHosts(), known);
        assertEnters();

        Files.writeString(
                server.knownHosts(),
                "@cert-authority [127.0.0.1]:%d %s"
                        .formatted(server.port, Files.readString(folder.resolve("host-ca.pub"))));
        assertEnters();

        Files.writeString(server.knownHosts(), "");
        assertThat(refused().what()).contains("not known");
    }

    @Test
    void anSshdWithTooManyLoginsUnderWayIsNamed() throws Exception {
        server.close();
        server = OpenSsh.restart(server, "MaxStartups 1:100:1");
        // sshd may still count the look whether it listens.
        while (true) {
            try (var under = new Socket(InetAddress.getLoopbackAddress(), server.port)) {
                if (under.getInputStream().read() != 'S') continue;

                assertThat(refused().what()).contains("took the connection and closed it before the login");
                return;
            }
        }
    }

    private void lock() throws Exception {
        Program.of("ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", key().toString())
                .run()
                .orFail();
    }

    private void append(String... lines) throws Exception {
        Files.write(
                server.home.resolve(".ssh/config"),
                (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.APPEND);
    }

    /** A real ssh-agent. */
    private static final class Agent implements AutoCloseable {
        final Path socket;
        private final Process process;

        Agent() throws Exception {
            assumeTrue(Files.isExecutable(Path.of("/usr/bin/ssh-agent")), "no ssh-agent");
            // A socket's path may have 107 characters only.
            socket = Files.createTempDirectory("agent").resolve("s");
            process = new ProcessBuilder("/usr/bin/ssh-agent", "-D", "-a", socket.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            for (int i = 0; i < 200 && !Files.exists(socket); i++) Thread.sleep(20);
        }

        void add(Path key) throws StrixhaloException {
            Program.of("ssh-add", "-q", key.toString())
                    .env("SSH_AUTH_SOCK", socket.toString())
                    .run()
                    .orFail();
        }

        @Override
        public void close() throws IOException {
            Program.endTree(process.toHandle());
            Files.deleteIfExists(socket);
            Files.deleteIfExists(socket.getParent());
        }
    }
}
