package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.SshTarget.Family;
import dev.strixhalo.remote.SshTarget.Jump;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshConfigTest {
    @TempDir
    Path home;

    @Test
    void withoutAnyFileTheHostIsWhatWasTyped() throws Exception {
        Files.createDirectories(home.resolve(".ssh"));
        Files.createFile(home.resolve(".ssh/id_ed25519"));

        var target = resolve("10.0.0.11");

        assertThat(target.host()).isEqualTo("10.0.0.11");
        assertThat(target.port()).isEqualTo(22);
        assertThat(target.user()).isEqualTo("me");
        assertThat(target.identityFiles()).containsExactly(home.resolve(".ssh/id_ed25519"));
        assertThat(target.namedIdentities()).isFalse();
        assertThat(target.knownHosts())
                .containsExactly(
                        home.resolve(".ssh/known_hosts"),
                        home.resolve(".ssh/known_hosts2"),
                        home.resolve("etc/ssh_known_hosts"),
                        home.resolve("etc/ssh_known_hosts2"));
        assertThat(target.knownAs()).isEqualTo("10.0.0.11");
        assertThat(target.agent()).isEqualTo(Path.of("/run/agent"));
        assertThat(target.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(target.jumps()).isEmpty();
    }

    @Test
    void takesEverySettingThatItHonours() throws Exception {
        config(
                "Host box",
                "  HostName %h.lan",
                "  Port=2222",
                "  User = strix",
                "  IdentityFile ~/.ssh/%r-%h-%n-%p-%u",
                "  IdentityFile \"%d/my keys/id\"",
                "  CertificateFile ${CERTS}/id-cert.pub",
                "  IdentitiesOnly yes",
                "  IdentityAgent ~/agent.sock",
                "  UserKnownHostsFile ~/one /two",
                "  GlobalKnownHostsFile none",
                "  HostKeyAlias the-box",
                "  ConnectTimeout 1m",
                "  ServerAliveInterval 7",
                "  ServerAliveCountMax 2",
                "  AddressFamily inet6",
                "  ProxyJump admin@gate:2200,[fe80::1]:22,last",
                "  StrictHostKeyChecking no");

        var target = resolve("box");

        assertThat(target.host()).isEqualTo("box.lan");
        assertThat(target.port()).isEqualTo(2222);
        assertThat(target.user()).isEqualTo("strix");
        assertThat(target.identityFiles())
                .containsExactly(home.resolve(".ssh/strix-box.lan-box-2222-me"), home.resolve("my keys/id"));
        assertThat(target.namedIdentities()).isTrue();
        assertThat(target.certificates()).containsExactly(Path.of("/certs/id-cert.pub"));
        assertThat(target.identitiesOnly()).isTrue();
        assertThat(target.agent()).isEqualTo(home.resolve("agent.sock"));
        assertThat(target.knownHosts()).containsExactly(home.resolve("one"), Path.of("/two"));
        assertThat(target.knownAs()).isEqualTo("the-box");
        assertThat(target.connectTimeout()).isEqualTo(Duration.ofMinutes(1));
        assertThat(target.aliveInterval()).isEqualTo(Duration.ofSeconds(7));
        assertThat(target.aliveCount()).isEqualTo(2);
        assertThat(target.family()).isEqualTo(Family.INET6);
        assertThat(target.jumps())
                .containsExactly(
                        new Jump("admin", "gate", 2200), new Jump(null, "fe80::1", 22), new Jump(null, "last", null));
        assertThat(target.laxHostKeys()).isEqualTo(home.resolve(".ssh/config") + ":18 (StrictHostKeyChecking no)");
    }

    @Test
    void theNodesOwnUserGoesBeforeTheConfigurations() throws Exception {
        config("Host *", "  User other", "  IdentityFile ~/%r");

        var target = new SshConfig(settings()).resolve("box", "strix", null);

        assertThat(target.user()).isEqualTo("strix");
        assertThat(target.identityFiles()).containsExactly(home.resolve("strix"));
    }

    @Test
    void readsTheSystemsFileAfterTheUsers() throws Exception {
        config("Host box", "  Port 2001");
        write("etc/ssh_config", "Host *", "  Port 2002", "  User admin", "  SendEnv LANG LC_*", "  HashKnownHosts yes");

        assertThat(resolve("box").port()).isEqualTo(2001);
        assertThat(resolve("box").user()).isEqualTo("admin");
        assertThat(resolve("other").port()).isEqualTo(2002);
    }

    @Test
    void includesFilesByPatternFromTheFolderOfTheUsersFile() throws Exception {
        config("Host box", "  Include conf.d/*.conf", "Host *", "  User last");
        write(".ssh/conf.d/10.conf", "Port 2010", "Host elsewhere", "  User wrong");
        write(".ssh/conf.d/20.conf", "Port 2020", "User second");
        write(".ssh/conf.d/30.txt", "HostName wrong");

        assertThat(resolve("box").port()).isEqualTo(2010);
        assertThat(resolve("box").user()).isEqualTo("second");
        assertThat(resolve("box").host()).isEqualTo("box");
        assertThat(resolve("other").port()).isEqualTo(22);
        assertThat(resolve("other").user()).isEqualTo("last");
    }

    @Test
    void anIncludeThatMeetsItselfIsNamed() throws Exception {
        config("Include config");

        assertThat(refused("box").what()).contains("Include goes deeper than 16 files");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ProxyCommand nc %h %p",
                "CanonicalizeHostname yes",
                "RemoteCommand tmux",
                "SessionType none",
                "BindAddress 10.0.0.1",
                "BindInterface eth1",
                "PubkeyAuthentication no",
                "PKCS11Provider /usr/lib/opensc.so",
                "SecurityKeyProvider /usr/lib/sk.so",
                "KnownHostsCommand /usr/bin/keys",
                "RevokedHostKeys /etc/ssh/revoked"
            })
    void refusesByNameWhatItCannotFollow(String setting) throws Exception {
        config("Host box", "  " + setting, "Host *", "  User x");
        var name = setting.substring(0, setting.indexOf(' '));

        var problem = refused("box");

        assertThat(problem.what()).startsWith(name + " of ssh's configuration applies to box");
        assertThat(problem.found()).containsExactly(home.resolve(".ssh/config") + ":2   " + setting);
        assertThat(problem.fixes()).isNotEmpty();
        assertThat(resolve("other").user()).isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ProxyCommand none",
                "ProxyJump none",
                "CanonicalizeHostname no",
                "ControlMaster auto",
                "ForwardAgent yes",
                "Compression yes",
                "IgnoreUnknown UseThatThing,Other*"
            })
    void passesOverWhatChangesNothingForUs(String setting) throws Exception {
        config("Host box", "  " + setting);

        assertThat(resolve("box").host()).isEqualTo("box");
    }

    @Test
    void aSettingThatNobodyKnowsIsRefusedUnlessItIsIgnored() throws Exception {
        config("Host box", "  HostNam 10.0.0.1");
        assertThat(refused("box").what()).contains("HostNam, which applies to box, is no setting of ssh");

        config("IgnoreUnknown Fancy*,HostNam", "Host box", "  HostNam 10.0.0.1", "  FancyThing yes");
        assertThat(resolve("box").host()).isEqualTo("box");
    }

    @Test
    void tellsAllThatIsWrongAtOnce() throws Exception {
        config(
                "Host box",
                "  Port 70000",
                "  ProxyCommand nc %h %p",
                "  IdentityFile ~/%z",
                "  IdentitiesOnly perhaps",
                "  ConnectTimeout soon",
                "  UserKnownHostsFile ${NOWHERE}/x",
                "  AddressFamily inet9");

        var failure = catchThrowableOfType(StrixhaloException.class, () -> resolve("box"));

        assertThat(failure.problems()).hasSize(7).allSatisfy(problem -> {
            assertThat(problem.found()).singleElement().asString().contains(".ssh/config:");
            assertThat(problem.fixes()).isNotEmpty();
        });
    }

    @Test
    void matchIsFollowedWhereItCanBeJudged() throws Exception {
        config(
                "Host box",
                "  HostName 10.0.0.9",
                "Match originalhost box user strix",
                "  Port 2001",
                "Match host 10.0.0.9",
                "  Port 2002",
                "Match !host 10.0.0.9 localuser me",
                "  Port 2003",
                "Match final all",
                "  User late",
                "Match all",
                "  User early");

        assertThat(resolve("box").port()).isEqualTo(2002);
        assertThat(new SshConfig(settings()).resolve("box", "strix", null).port())
                .isEqualTo(2001);
        assertThat(resolve("other").port()).isEqualTo(2003);
        assertThat(resolve("other").user()).isEqualTo("early");
    }

    @Test
    void aMatchThatNeedsAShellIsRefusedOnlyForHostsThatReachIt() throws Exception {
        config("Match host box exec \"test -f /x\"", "  Port 2001");

        assertThat(refused("box").what()).contains("'Match exec' cannot be judged");
        assertThat(resolve("other").port()).isEqualTo(22);
    }

    @Test
    void namesTheLineOfAMissingValueAndOfAQuoteWithoutEnd() throws Exception {
        config("Host box", "  Port");
        assertThat(refused("box").found()).containsExactly(home.resolve(".ssh/config") + ":2   Port");

        config("Host \"box");
        assertThat(refused("box").what()).contains("a quote without an end");
    }

    @Test
    void aFileThatIsNoTextIsNamed() throws Exception {
        Files.createDirectories(home.resolve(".ssh"));
        Files.write(home.resolve(".ssh/config"), new byte[] {'#', ' ', (byte) 0xe4, '\n'});

        assertThat(refused("box").what()).contains("is no UTF-8 text");
    }

    private Problem refused(String host) {
        var failure = catchThrowableOfType(StrixhaloException.class, () -> resolve(host));
        assertThat(failure).isNotNull();
        return failure.problems().get(0);
    }

    private SshTarget resolve(String host) throws StrixhaloException {
        return new SshConfig(settings()).resolve(host, null, null);
    }

    private RemoteSettings settings() {
        return new RemoteSettings(
                home,
                "me",
                Map.of("SSH_AUTH_SOCK", "/run/agent", "CERTS", "/certs"),
                home.resolve("etc"),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                new Random(1));
    }

    private void config(String... lines) throws IOException {
        write(".ssh/config", lines);
    }

    private void write(String name, String... lines) throws IOException {
        var file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, List.of(lines));
    }
}
