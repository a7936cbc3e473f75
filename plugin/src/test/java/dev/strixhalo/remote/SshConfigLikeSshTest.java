package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Asks the real ssh ({@code ssh -G}) what it makes of a configuration, and demands the same of ours. */
class SshConfigLikeSshTest {
    private static final String CONFIG = """
            # comment
            Host first second !third
              Port 2201
            Host *.lan !bad.lan
              User lan
              IdentityFile /keys/lan
            Host f?rst
              HostName %h.example.org
              Port 2202
            Host "quoted" other
            \tUser="with blank"
            hOsT UPPER
              uSeR upper
            Host 10.0.0.*
              ProxyJump gate
              ConnectTimeout 5
            Match host *.example.org
              IdentityFile /keys/%h
              HostKeyAlias alias
            Match originalhost second user lan
              Port 2999
            Match originalhost good.lan user lan
              Port 2203
            Match final host first.example.org
              User final
              IdentitiesOnly yes
            Match host=eq.org,eq2.org
              Port 2204
            Include INCLUDED
            Host *
              User anybody
              IdentityFile /keys/last
              IdentityFile /keys/last
              ServerAliveInterval 9
              StrictHostKeyChecking accept-new
              UserKnownHostsFile /one /two
            """;

    private static final String INCLUDED = """
            Port 2205
            Host inside
              User inside
            """;

    @TempDir
    Path home;

    static Stream<String> hosts() {
        return Stream.of(
                "first",
                "second",
                "third",
                "good.lan",
                "bad.lan",
                "quoted",
                "other",
                "UPPER",
                "upper",
                "10.0.0.7",
                "eq.org",
                "eq2.org",
                "inside",
                "x.example.org");
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void resolvesAsSshDoes(String host) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ssh")), "no ssh: install openssh-client");
        var included = Files.writeString(home.resolve("included"), INCLUDED);
        var file = Files.createDirectories(home.resolve(".ssh")).resolve("config");
        Files.writeString(file, CONFIG.replace("INCLUDED", included.toString()));
        var settings = new RemoteSettings(
                home,
                System.getProperty("user.name"),
                Map.of(),
                home.resolve("etc"),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                new Random(1));

        var ours = new SshConfig(settings).resolve(host, null, null);
        var theirs = Program.of("/usr/bin/ssh", "-F", file.toString(), "-G", host).run().orFail().out().stream()
                .map(line -> line.split(" ", 2))
                .collect(Collectors.groupingBy(
                        words -> words[0], Collectors.mapping(words -> words[1], Collectors.toList())));

        // ssh writes host names small.
        assertThat(List.of(ours.host().toLowerCase(Locale.ROOT))).isEqualTo(theirs.get("hostname"));
        assertThat(List.of(Integer.toString(ours.port()))).isEqualTo(theirs.get("port"));
        assertThat(List.of(ours.user())).isEqualTo(theirs.get("user"));
        assertThat(ours.identityFiles().stream().map(Path::toString).toList())
                .isEqualTo(all(theirs, "identityfile").stream()
                        .map(path -> path.replace("%h", ours.host()))
                        .distinct()
                        .toList());
        assertThat(ours.identitiesOnly() ? "yes" : "no")
                .isEqualTo(all(theirs, "identitiesonly").get(0));
        assertThat(ours.hostKeyAlias())
                .isEqualTo(theirs.getOrDefault("hostkeyalias", java.util.Arrays.asList((String) null))
                        .get(0));
        assertThat(ours.jumps().isEmpty()).isEqualTo(!theirs.containsKey("proxyjump"));
        assertThat(ours.connectTimeout().toSeconds())
                .isEqualTo(
                        all(theirs, "connecttimeout").get(0).equals("none")
                                ? 10
                                : Long.parseLong(all(theirs, "connecttimeout").get(0)));
        assertThat(ours.knownHosts().subList(0, 2)).containsExactly(Path.of("/one"), Path.of("/two"));
    }

    private static List<String> all(Map<String, List<String>> settings, String name) {
        return Objects.requireNonNull(settings.get(name), name);
    }
}
