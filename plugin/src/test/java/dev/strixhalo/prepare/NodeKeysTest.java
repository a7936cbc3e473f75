package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.NodeDescription;
import dev.strixhalo.doctor.Wanted;
import dev.strixhalo.host.HostSamples;
import dev.strixhalo.host.LookScript;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Keys between the nodes: what is planned, and for real between two users of a machine whose /etc and /home are copies. */
@Timeout(180)
class NodeKeysTest {
    private static final Wishes ASKED = new Wishes(Wanted.STANDARD, false, false, false, false, false, true);
    private static final SshKeys NONE =
            new SshKeys(SshKeys.Own.NONE, "", List.of("ssh-ed25519 AAAAhost2 root@node2"), "22", "755", "none");
    private static final SshKeys THERE =
            new SshKeys(SshKeys.Own.THERE, "ssh-ed25519 AAAAuser2 me@node2", NONE.hostKeys(), "22", "755", "700");

    @Test
    void nobodyGetsAKeyUnasked() {
        assertThat(NodePlan.of(host(StateSamples.debian(), Wishes.STANDARD, THERE))
                        .changes())
                .extracting(Change::id)
                .doesNotContain("node-key", NodeKeys.LOGINS);
    }

    @Test
    void aKeyThatIsStillToBeMadeIsAwaitedAndNeverWritten() {
        var logins = change(host(StateSamples.debian(), ASKED, NONE), NodeKeys.LOGINS);

        var keys = (Step.Lines) logins.steps().get(0);
        assertThat(keys.lines()).isEmpty();
        assertThat(keys.awaited()).containsExactly("the public key of node2, which is made first");
        assertThatThrownBy(() -> keys.line(1, logins.id())).isInstanceOf(IllegalStateException.class);
        assertThat(((Step.Lines) logins.steps().get(1)).lines())
                .containsExactly("10.0.0.12,192.168.100.2 ssh-ed25519 AAAAhost2");
    }

    @Test
    void whatIsKnownAlreadyByWhateverLineIsNotPlannedAgain() {
        // Written by 'ssh-keygen -H' of OpenSSH 9.2.
        var hashed = """
                |1|d3Uz3cfplqQI4K29iWCuqbsOBB0=|ugtb7pVznqW3G7zWZvcxKjpA5Qs= ssh-ed25519 %1$s
                |1|62Z/qX7AguWr06aqwItZfcnPvYM=|jFfKVxXyCXaeIRP5TPUSlC55J3k= ssh-ed25519 %1$s
                """;
        var host2 = "AAAAC3NzaC1lZDI1NTE5AAAAIO6gU/Sbh7cOEV/3gerI3wxMnCL8NkOTo/pkr4LZwvKj";
        var known = StateSamples.debian()
                .with("node-key", "ssh-ed25519 AAAAuser1 strixhalo-node1")
                .file("/root/.ssh/authorized_keys", "600", "restrict,pty ssh-ed25519 AAAAuser2 me@elsewhere")
                .file("/root/.ssh/known_hosts", "600", hashed.formatted(host2));
        var other = new SshKeys(
                THERE.own(), THERE.text(), List.of("ssh-ed25519 " + host2 + " root@node2"), "22", "755", "700");
        var host = host(known.with("home", "/root"), ASKED, other);

        assertThat(NodePlan.of(host).changes()).extracting(Change::id).doesNotContain("node-key", NodeKeys.LOGINS);
    }

    @Test
    void aKeyWithAPassphraseAndAFolderThatOthersMayWriteAreToldWithTheWayOut() {
        var locked = StateSamples.debian()
                .failing("node-key", 255, "Load key \"/home/strix/.ssh/id_ed25519\": incorrect passphrase supplied")
                .with("ssh-mode", "707");

        var plan = NodePlan.of(host(locked, ASKED, THERE));

        assertThat(plan.obstacles()).anySatisfy(problem -> {
            assertThat(problem.what()).contains("cannot be used without a question");
            assertThat(problem.fixes()).first().asString().startsWith("take its passphrase off");
        });
        assertThat(plan.obstacles())
                .anySatisfy(problem ->
                        assertThat(problem.fixes()).first().asString().startsWith("chmod go-w "));
    }

    @Test
    void anotherPortAndAnAddressThatBothHaveAreNamedAsSshDoes() throws StrixhaloException {
        var node = cluster().nodes().get(1);
        var far = new SshKeys(SshKeys.Own.NONE, "", List.of(), "2222", "755", "none");

        assertThat(new Neighbour(node, "10.0.2.15", far).names("10.0.2.15")).containsExactly("[192.168.100.2]:2222");
        assertThat(new Neighbour(node, "10.0.0.12", NONE).names("10.0.0.11"))
                .containsExactly("10.0.0.12", "192.168.100.2");
    }

    /** The real scripts, ssh-keygen, sshd and ssh. */
    @Nested
    class BetweenTwoUsers {
        private static final String RUN = "20261126T154000Z";

        @TempDir
        Path folder;

        private Process namespace;
        private int port;

        @AfterEach
        void gone() throws Exception {
            if (namespace != null) Program.endTree(namespace.toHandle());
        }

        @Test
        void afterTheRunEachLogsInAtTheOtherAndAfterAnUndoAllIsAsItWas() throws Exception {
            // A last line without its end, in a file that is there.
            in("install -d -m 700 -o bert -g bert /home/bert/.ssh; printf '# mine' >/home/bert/.ssh/authorized_keys;"
                    + " chown bert:bert /home/bert/.ssh/authorized_keys; chmod 644 /home/bert/.ssh/authorized_keys");
            var before = homes();
            assertThat(login("anna", "bert").succeeded()).isFalse();

            assertThat(steps("anna", "bert")).containsExactly("node-key", "node-logins");
            prepare();

            assertThat(login("anna", "bert").out()).containsExactly("bert");
            assertThat(login("bert", "anna").out()).containsExactly("anna");
            assertThat(in("stat -c '%a %U' /home/anna/.ssh /home/anna/.ssh/*").out())
                    .containsExactly("700 anna", "600 anna", "600 anna", "600 anna", "600 anna");
            assertThat(in("stat -c %a /home/bert/.ssh/authorized_keys").text()).isEqualTo("644");
            // The private key is nowhere in what root or we keep.
            var secret = in("sed -n 4p /home/anna/.ssh/id_ed25519").text();
            assertThat(secret).hasSizeGreaterThan(30);
            assertThat(in("grep -rF '%s' %s".formatted(secret, folder)).out()).isEmpty();
            assertThat(steps("anna", "bert")).isEmpty();
            assertThat(steps("bert", "anna")).isEmpty();

            assertThat(UndoPlanTest.entries(undo("anna", "plan")))
                    .extracting(UndoPlan.Entry::verdict)
                    .containsOnly("undo");
            undo("anna", "do");
            undo("bert", "do");
            assertThat(homes()).isEqualTo(before);
            assertThat(Files.readString(journal("anna").resolve(RUN + ".state")))
                    .isEqualTo("undone\n");
            assertThat(login("anna", "bert").succeeded()).isFalse();
        }

        @Test
        void anUndoTakesOurLinesAndLeavesThoseThatCameLaterAndAKeyThatWasThere() throws Exception {
            in(
                    "runuser -u anna -- sh -c 'mkdir -m 700 ~/.ssh && ssh-keygen -q -t ed25519 -N \"\" -f ~/.ssh/id_ed25519'");
            var key = in("sha256sum /home/anna/.ssh/id_ed25519").text();
            assertThat(steps("anna", "bert")).containsExactly("node-logins");
            prepare();
            assertThat(login("anna", "bert").out()).containsExactly("bert");
            in("echo 'ssh-ed25519 AAAAlater somebody' >>/home/anna/.ssh/authorized_keys");

            undo("anna", "do");

            assertThat(in("cat /home/anna/.ssh/authorized_keys").text()).isEqualTo("ssh-ed25519 AAAAlater somebody");
            assertThat(in("sha256sum /home/anna/.ssh/id_ed25519").text()).isEqualTo(key);
            assertThat(in("test -e /home/anna/.ssh/known_hosts").succeeded()).isFalse();
        }

        @Test
        void aPairThatWasReplacedSinceIsKept() throws Exception {
            prepare();
            in("runuser -u anna -- sh -c 'echo y | ssh-keygen -q -t ed25519 -N \"\" -f ~/.ssh/id_ed25519'");

            var left = UndoPlanTest.entries(undo("anna", "do"));

            assertThat(left)
                    .filteredOn(e -> e.verdict().equals("kept"))
                    .extracting(UndoPlan.Entry::text)
                    .containsExactly("/home/anna/.ssh/id_ed25519 was changed since");
            assertThat(in("test -e /home/anna/.ssh/id_ed25519").succeeded()).isTrue();
            assertThat(in("test -e /home/anna/.ssh/authorized_keys").succeeded())
                    .isFalse();
        }

        @BeforeEach
        void start() throws Exception {
            assumeTrue(
                    Program.of("sh", "-c", "test $(id -u) = 0 && unshare -m true && test -x /usr/sbin/sshd")
                            .run()
                            .succeeded(),
                    "only root can make a mount namespace, and sshd has to be there");
            try (var free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            namespace = new ProcessBuilder(
                            "unshare",
                            "-m",
                            "sh",
                            "-c",
                            """
                            # Where it takes this for no Debian, the look asks rpm, and Debian's rpm then writes into the home.
                            mkdir -p "$1/ssh" && : >"$1/debian_version" && cp -a /etc/pam.d /etc/security /etc/login.defs /etc/hostname /etc/nsswitch.conf /etc/shells "$1" &&
                            printf 'root:x:0:0::/root:/bin/sh\\nsshd:x:64999:64999::/run/sshd:/bin/sh\\nanna:x:64001:64001::/home/anna:/bin/sh\\nbert:x:64002:64002::/home/bert:/bin/sh\\n' >"$1/passwd" &&
                            printf 'root:x:0:\\nanna:x:64001:\\nbert:x:64002:\\n' >"$1/group" &&
                            printf 'anna:*::::::\\nbert:*::::::\\n' >"$1/shadow" &&
                            mount --bind "$1" /etc && mount -t tmpfs -o mode=755 none /home && mkdir -p /run/sshd &&
                            install -d -m 755 -o anna -g anna /home/anna && install -d -m 755 -o bert -g bert /home/bert &&
                            ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key &&
                            ssh-keygen -q -t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key &&
                            printf 'Port %s\\nListenAddress 127.0.0.1\\nListenAddress 127.0.0.2\\nUsePAM no\\nPasswordAuthentication no\\nKbdInteractiveAuthentication no\\nPidFile none\\nHostKey /etc/ssh/ssh_host_ed25519_key\\nHostKey /etc/ssh/ssh_host_ecdsa_key\\n' "$2" >/etc/ssh/sshd_config &&
                            /usr/sbin/sshd -f /etc/ssh/sshd_config -D 9>&- & echo ready; wait
                            """,
                            "sh",
                            Files.createDirectories(folder.resolve("etc")).toString(),
                            String.valueOf(port))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("sshd.log").toFile())
                    .start();
            Files.writeString(folder.resolve("apply"), Script.text("journal.sh", "apply.sh"));
            Files.writeString(folder.resolve("undo"), Script.text("journal.sh", "undo.sh"));
            var look = LookScript.asking(Duration.ofSeconds(20), Script.text("state.sh"), List.of());
            Files.write(folder.resolve("state"), look.stdin());
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!in("ssh-keyscan -p %d 127.0.0.2 2>/dev/null | grep ed25519".formatted(port))
                    .succeeded()) {
                assertThat(System.nanoTime())
                        .as(Files.readString(folder.resolve("sshd.log")))
                        .isLessThan(end);
                Thread.sleep(100);
            }
        }

        /** As the goal does: pairs on both, then a look, then what needs them. */
        private void prepare() throws Exception {
            for (var user : List.of("anna", "bert")) {
                var first = plan(user).without(NodeKeys.LOGINS);
                if (!first.changes().isEmpty()) apply(user, Step.program(first.changes()), RUN);
            }
            for (var user : List.of("anna", "bert")) {
                int before = Files.exists(journal(user).resolve(RUN)) ? 1 : 0;
                apply(user, Step.program(plan(user).changes(), before), RUN, "more");
            }
        }

        private void apply(String user, String program, String... how) throws Exception {
            var parameters = new ArrayList<>(List.of(
                    "sh", folder.resolve("apply").toString(), journal(user).toString()));
            parameters.addAll(List.of(how));
            parameters.add(Files.writeString(Files.createTempFile(folder, "program", ""), program)
                    .toString());
            var result = within(parameters.toArray(String[]::new));
            assertThat(result.out()).as(result.text() + result.err()).contains("@@applied " + RUN);
        }

        private Program.Result undo(String user, String mode) throws Exception {
            return within("sh", folder.resolve("undo").toString(), journal(user).toString(), RUN, "no", mode);
        }

        private Path journal(String user) {
            return folder.resolve("journal-" + user);
        }

        private List<String> steps(String user, String other) throws Exception {
            assertThat(other).isNotEqualTo(user);
            return plan(user).changes().stream().map(Change::id).toList();
        }

        /** From real looks at both; the addresses of the nodes are those of loopback. */
        private NodePlan plan(String user) throws Exception {
            var other = user.equals("anna") ? "bert" : "anna";
            var facts = HostSamples.strixHalo().facts();
            var cluster = cluster();
            var peer = Cluster.of(
                            "strix",
                            "tcp",
                            List.of(
                                    new NodeDescription("node1", "10.0.0.11", "strix", "127.0.0.1/30", null),
                                    new NodeDescription("node2", "10.0.0.12", "strix", "127.0.0.2/30", null)))
                    .nodes()
                    .get(1);
            var host = new Host(
                    cluster.head(),
                    cluster,
                    facts,
                    state(user),
                    ASKED,
                    List.of(new Neighbour(peer, "", state(other).ssh())));
            var all = NodePlan.of(host);
            assertThat(all.obstacles()).noneMatch(problem -> problem.what().contains("key"));
            return new NodePlan(
                    host,
                    all.changes().stream()
                            .filter(c -> c.id().startsWith("node-"))
                            .toList(),
                    List.of());
        }

        private HostState state(String user) throws Exception {
            var said = within(
                    "runuser",
                    "-u",
                    user,
                    "--",
                    "env",
                    "HOME=/home/" + user,
                    "SSH_CONNECTION=127.0.0.1 1 127.0.0.1 " + port,
                    "sh",
                    "-c",
                    Files.readString(folder.resolve("state")),
                    "sh",
                    "20",
                    "/nowhere",
                    "podman");
            assertThat(said.out()).as(String.join("\n", said.err())).isNotEmpty();
            return HostState.parse(said.out());
        }

        private Program.Result login(String from, String to) throws Exception {
            return within(
                    "runuser",
                    "-u",
                    from,
                    "--",
                    "env",
                    "HOME=/home/" + from,
                    "ssh",
                    "-o",
                    "BatchMode=yes",
                    "-o",
                    "StrictHostKeyChecking=yes",
                    "-o",
                    "ConnectTimeout=10",
                    "-p",
                    String.valueOf(port),
                    to + "@127.0.0.2",
                    "id -un");
        }

        private List<String> homes() throws Exception {
            return in("cd /home && find . -printf '%p %m %U:%G %l\\n' -type f -exec sha256sum {} \\; | sort")
                    .out();
        }

        private Program.Result in(String shell) throws StrixhaloException {
            return within("sh", "-c", shell);
        }

        private Program.Result within(String... argv) throws StrixhaloException {
            var all = Stream.concat(
                            Stream.of("nsenter", "-t", String.valueOf(namespace.pid()), "-m", "--"), Stream.of(argv))
                    .toList();
            return Program.of(all).timeout(Duration.ofMinutes(1)).run();
        }
    }

    private static Cluster cluster() throws StrixhaloException {
        return Cluster.of(
                "strix",
                "tcp",
                List.of(
                        new NodeDescription("node1", "10.0.0.11", "strix", "192.168.100.1/30", null),
                        new NodeDescription("node2", "10.0.0.12", "strix", "192.168.100.2/30", null)));
    }

    private static Host host(StateSamples samples, Wishes wishes, SshKeys others) {
        try {
            var other = new Neighbour(cluster().nodes().get(1), "10.0.0.12", others);
            return samples.host(HostSamples.strixHalo(), "tcp", wishes, "", List.of(other));
        } catch (StrixhaloException e) {
            throw new AssertionError(e);
        }
    }

    private static Change change(Host host, String id) {
        return NodePlan.of(host).changes().stream()
                .filter(change -> change.id().equals(id))
                .findFirst()
                .orElseThrow();
    }
}
