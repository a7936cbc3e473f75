package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.FabricAddress;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.FedoraRecording;
import dev.strixhalo.host.HostSamples;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.Conversation;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteCommand;
import dev.strixhalo.remote.RemoteSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real sudo, for a user whom only a mount namespace of this test knows. */
@Timeout(120)
class SudoTest {
    private static final String WORD = "right-one-81";

    @TempDir
    Path folder;

    private Process namespace;
    private int asked;

    @BeforeEach
    void user() throws Exception {
        assumeTrue(
                Program.of("sh", "-c", "test $(id -u) = 0 && unshare -m true && command -v sudo && command -v openssl")
                        .run()
                        .succeeded(),
                "only root can make a mount namespace, and sudo and openssl have to be there");
        namespace = new ProcessBuilder(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        """
                        cp -a /etc/. "$1" && mount --bind "$1" /etc && mount -t tmpfs -o mode=755 tmpfs /run || exit 1
                        echo 'lara:x:4242:4242::/tmp:/bin/sh' >>/etc/passwd
                        echo 'lara:x:4242:' >>/etc/group
                        printf 'lara:%s:20000:0:99999:7:::\\n' "$(openssl passwd -6 "$2")" >>/etc/shadow
                        rm -f /etc/sudoers.d/*
                        echo 'Defaults:lara logfile=/run/sudo.log' >/etc/sudoers.d/log
                        chmod 440 /etc/sudoers.d/log
                        echo ready
                        exec sleep 600""",
                        "sh",
                        Files.createDirectories(folder.resolve("etc")).toString(),
                        WORD)
                .redirectErrorStream(true)
                .start();
        assertThat(namespace.inputReader().readLine()).isEqualTo("ready");
    }

    @AfterEach
    void gone() throws Exception {
        if (namespace != null) namespace.destroyForcibly().waitFor();
    }

    @Test
    void whoNeedsNoPasswordIsAskedForNone() throws Exception {
        allow("lara ALL=(ALL) NOPASSWD: ALL");

        assertThat(asRoot("never asked").out()).containsExactly("@@begun", "0");
        assertThat(asked).isZero();
    }

    /** The script reads what is left of standard input, where the password was. */
    @Test
    void thePasswordIsForSudoAlone() throws Exception {
        allow("lara ALL=(ALL) ALL");

        assertThat(asRoot(WORD).out()).containsExactly("@@begun", "0");
        assertThat(asked).isEqualTo(1);
    }

    @Test
    void aWrongPasswordIsTriedOnce() throws Exception {
        allow("lara ALL=(ALL) ALL");

        assertThatThrownBy(() -> asRoot("wrong-one")).satisfies(e -> told(e, "it was tried once"));
        assertThat(Program.of(inside("cat", "/run/sudo.log")).run().text())
                .containsOnlyOnce("incorrect password attempt")
                .contains("1 incorrect password attempt")
                .doesNotContain("wrong-one");
    }

    @Test
    void whoMayNotBecomeRootIsToldThat() {
        assertThatThrownBy(() -> asRoot(WORD)).satisfies(e -> told(e, "'lara' may not become root by sudo."));
    }

    @Test
    void aSudoThatWantsATerminalIsToldBeforeAnythingIsAsked() throws Exception {
        allow("Defaults:lara requiretty\nlara ALL=(ALL) NOPASSWD: ALL");

        assertThatThrownBy(() -> asRoot(WORD)).satisfies(e -> told(e, "requiretty"));
        assertThat(asked).isZero();
    }

    /** As on Fedora, where the boot loader's entries are root's to read; a stand-in for grubby is as silent to others. */
    @Test
    void entriesOfTheBootLoaderThatAreClosedAreReadByThePassword() throws Exception {
        allow("lara ALL=(ALL) ALL");
        Program.of(inside("sh", "-c", """
                        rm /etc/debian_version && mkdir -m 700 /etc/entries && cat >/etc/entries/all
                        mount -t tmpfs -o mode=755 tmpfs /usr/local/sbin && cd /usr/local/sbin
                        printf '#!/bin/sh\\ncat /etc/entries/all 2>/dev/null\\ntrue\\n' >grubby
                        printf '#!/bin/sh\\nexit 1\\n' >rpm
                        chmod 755 grubby rpm"""))
                .stdin(FedoraRecording.text("grubby-fedora41-btrfs.txt"))
                .run()
                .orFail();
        try (var nodes = nodes()) {
            var lara = new AsLara(nodes.head());
            var closed = StateSamples.host(HostState.look(lara), StateSamples.bare("enp194s0np0"));

            assertThat(KernelArguments.askRoot(closed)).isTrue();
            // What the running kernel has, all were given: of that host nobody is asked.
            var right = StateSamples.host(HostState.look(lara), HostSamples.strixHalo());
            var other = new Node("node2", "node2", null, FabricAddress.LOOPBACK, null);
            var both = BootEntries.opened(Map.of(closed.node(), closed, other, right), node -> lara, passwords(WORD));

            assertThat(asked).isEqualTo(1);
            assertThat(both).containsEntry(other, right).hasSize(2);
            var opened = Objects.requireNonNull(both.get(closed.node()));
            assertThat(opened.state().grubby().value()).hasSize(4);
            assertThat(KernelArguments.draft(opened))
                    .hasValueSatisfying(draft ->
                            assertThat(draft.steps().get(0).toString()).contains("--update-kernel=ALL", "iommu=pt"));
            assertThat(KernelArguments.draft(right)).isEmpty();
        }
    }

    private static void told(Throwable failure, String words) {
        assertThat(((StrixhaloException) failure).problems().get(0).what()).contains(words);
    }

    private void allow(String rule) throws Exception {
        var written = Program.of(
                        inside("sh", "-c", "cat >/etc/sudoers.d/lara && chmod 440 /etc/sudoers.d/lara && visudo -cq"))
                .stdin(rule + "\n")
                .run();
        assertThat(written.succeeded()).as(written.text()).isTrue();
    }

    private CommandResult asRoot(String password) throws StrixhaloException {
        try (var nodes = nodes()) {
            var lara = new AsLara(nodes.head());
            var rights = new Rights(lara, HostState.look(lara), passwords(password));
            return rights.run(
                    "trying", "echo @@begun\nid -u\ncat\n", "", List.of(), Duration.ofMinutes(1), (stream, line) -> {});
        }
    }

    private static Nodes nodes() throws StrixhaloException {
        return Nodes.here(RemoteSettings.of(
                Path.of("/tmp"), "lara", Map.of("HOME", "/tmp", "PATH", "/usr/sbin:/usr/bin:/sbin:/bin")));
    }

    private Rights.Passwords passwords(String password) {
        return (node, user) -> {
            asked++;
            return Secret.of("sudo", password);
        };
    }

    private String[] inside(String... words) {
        var argv = new ArrayList<>(List.of("nsenter", "-t", String.valueOf(namespace.pid()), "-m"));
        argv.addAll(List.of(words));
        return argv.toArray(String[]::new);
    }

    /** This machine as lara sees it, without a terminal. */
    private final class AsLara implements NodeConnection {
        private final NodeConnection here;

        AsLara(NodeConnection here) {
            this.here = here;
        }

        @Override
        public Node node() {
            return here.node();
        }

        private RemoteCommand of(RemoteCommand command) {
            var argv = new ArrayList<>(List.of(inside("setsid", "--wait", "runuser", "-u", "lara", "--")));
            argv.addAll(command.argv());
            return new RemoteCommand(
                    command.title(), argv, command.environment(), command.stdin(), command.pulse(), command.timeout());
        }

        @Override
        public CommandResult run(RemoteCommand command) throws StrixhaloException {
            return here.run(of(command));
        }

        @Override
        public CommandResult run(RemoteCommand command, LineSink sink) throws StrixhaloException {
            return here.run(of(command), sink);
        }

        @Override
        public Conversation talk(RemoteCommand command) throws StrixhaloException {
            return here.talk(of(command));
        }

        @Override
        public RemoteForward forwardHere(int localPort) throws StrixhaloException {
            return here.forwardHere(localPort);
        }

        @Override
        public void close() {
            here.close();
        }
    }
}
