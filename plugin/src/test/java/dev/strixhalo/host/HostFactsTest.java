package dev.strixhalo.host;

import static dev.strixhalo.host.HostSamples.PEER;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostFactsTest {
    @Test
    void readsANodeThatIsAllRight() {
        var facts = strixHalo().facts();

        assertThat(facts.clockAhead().value()).isZero();
        assertThat(facts.os().value()).extracting(OsRelease::brief).isEqualTo("fedora 43");
        assertThat(facts.gpu().value()).isEqualTo(new Gpu(512L << 20, 124L << 30));
        assertThat(facts.gpuTargets().value()).containsExactly("gfx1151");
        assertThat(facts.limits().value()).isNotNull();
        assertThat(facts.services().value()).containsEntry("earlyoom", "inactive");
        var nic = facts.nic().find().orElseThrow();
        assertThat(nic.driver().value()).isEqualTo("ice");
        assertThat(nic.bus().value()).isEqualTo("0000:c2:00.0");
        assertThat(nic.firmware().value()).isEqualTo("4.91 0x800214b5 1.3909.0");
        assertThat(nic.pcie().value()).hasToString("x4 at 16 GT/s");
        var ports = facts.rdma().find().orElseThrow();
        assertThat(ports).hasSize(1);
        assertThat(ports.get(0).active()).isTrue();
        assertThat(ports.get(0).netdevs()).containsExactly("enp194s0np0");
        assertThat(ports.get(0).gids()).hasSize(2);
        assertThat(ports.get(0).gids().get(1).holds("192.168.100.1")).isTrue();
        assertThat(facts.routeTo(PEER).value()).isEqualTo(new Route("enp194s0np0", "192.168.100.1", ""));
        assertThat(facts.pathTo(PEER).value()).isEqualTo(new PathProbe(3, 3, ""));
        assertThat(facts.podman().value()).isNotNull();
        assertThat(facts.weightsFree().value()).isEqualTo(500_000_000L * 1024);
    }

    /** Whatever one tool does, all other facts stay: each probe in turn hangs, fails, is absent, or prints garbage. */
    @ParameterizedTest
    @ValueSource(
            strings = {"hangs", "is killed", "is absent", "fails", "prints garbage", "says nothing", "was not asked"})
    void aToolCostsItsOwnFactsOnly(String what) {
        for (var probe : List.of(
                "began",
                "os-release",
                "kernel",
                "meminfo",
                "swaps",
                "gpu",
                "gfx",
                "limits",
                "services",
                "logind",
                "ethtool",
                "speed",
                "pcie",
                "rdma-ports",
                "gids",
                "gid-types",
                "rdma-links",
                "route-" + PEER,
                "ping-" + PEER,
                "user",
                "addresses",
                "podman",
                "info",
                "weights")) {
            var sample = strixHalo();
            switch (what) {
                case "hangs" -> sample.ending(probe, 124, "");
                case "is killed" -> sample.ending(probe, 137, "half a li");
                case "is absent" -> sample.failing(probe, 127, "timeout: failed to run command 'x': No such file");
                case "fails" -> sample.failing(probe, 1, "Failed to open NETLINK_RDMA socket");
                case "prints garbage" -> sample.with(probe, "\u0001%&{[ Ungültig: 3,5 = x\n/sys/:\n::: \n-1 2 3 4 5 6");
                case "says nothing" -> sample.with(probe, "");
                default -> sample.without(probe);
            }

            var facts = sample.facts();

            var known = known(facts);
            var before = known(strixHalo().facts());
            before.keySet().removeAll(known.keySet());
            assertThat(before.size())
                    .as(probe + " " + what + " lost " + before.keySet())
                    .isLessThanOrEqualTo(1);
        }
    }

    private static Map<String, Object> known(HostFacts facts) {
        var known = new HashMap<String, Object>();
        for (var part : HostFacts.class.getRecordComponents()) {
            try {
                if (part.getAccessor().invoke(facts) instanceof Reading<?> reading && reading.value() != null) {
                    known.put(part.getName(), reading.value());
                }
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
        return known;
    }

    @Test
    void saysWhyAFactIsNotKnown() {
        assertThat(strixHalo().ending("limits", 124, "").facts().limits().reason())
                .isEqualTo("'cat /proc/self/limits' did not answer within 10 s");
        // Seen on Debian 12 without systemd as PID 1.
        assertThat(strixHalo()
                        .failing("services", 1, "System has not been booted with systemd as init system (PID 1).")
                        .facts()
                        .services()
                        .reason())
                .isEqualTo("System has not been booted with systemd as init system (PID 1).");
        var nic = strixHalo()
                .failing("ethtool", 127, "timeout: failed to run command 'ethtool': No such file or directory")
                .facts()
                .nic()
                .find()
                .orElseThrow();
        assertThat(nic.firmware().reason()).isEqualTo("'ethtool' is not installed");
        assertThat(strixHalo().with("podman", "absent").facts().podman().reason())
                .isEqualTo("'podman' is not installed");
    }

    @Test
    void readsTablesOfAddressesWithGapsOldTypesAndTwoDevices() {
        var mlx = "/sys/class/infiniband/mlx5_0/ports/1/";
        var rxe = "/sys/class/infiniband/rxe0/ports/1/";
        var facts = strixHalo()
                .with(
                        "rdma-ports",
                        mlx + "state:4: ACTIVE\n" + rxe + "state:1: DOWN\n" + rxe + "phys_state:3: Disabled")
                .with(
                        "gids",
                        mlx + "gids/31:0000:0000:0000:0000:0000:ffff:c0a8:6401\n" + mlx
                                + "gids/2:0000:0000:0000:0000:0000:ffff:c0a8:6401\n" + mlx
                                + "gids/3:fe80:0000:0000:0000:0000:0000:0000:0000\n")
                .with("gid-types", mlx + "gid_attrs/types/2:IB/RoCE v1\n" + mlx + "gid_attrs/types/31:RoCE v2")
                .with("gid-ndevs", mlx + "gid_attrs/ndevs/2:eth0.7@x")
                .facts();

        var ports = facts.rdma().find().orElseThrow();
        assertThat(ports).extracting(RdmaPort::name).containsExactly("mlx5_0:1", "rxe0:1");
        assertThat(ports.get(0).gids())
                .extracting(RdmaPort.Gid::index, RdmaPort.Gid::type)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(2, "IB/RoCE v1"),
                        org.assertj.core.groups.Tuple.tuple(31, "RoCE v2"));
        assertThat(ports.get(0).netdevs()).containsExactly("eth0.7@x");
        assertThat(ports.get(1).active()).isFalse();
    }

    /** The real script, on this machine, by the way that it goes to any node. */
    @Test
    void looksAtThisMachine() throws StrixhaloException {
        var facts = look(Map.of("PATH", path()));

        assertThat(facts.clockAhead().value()).isBetween(-1L, 5L);
        assertThat(facts.kernel().value()).isNotEmpty();
        assertThat(facts.os().value()).isNotNull();
        assertThat(facts.memory().value()).isGreaterThan(1L << 28);
        assertThat(facts.limits().value()).isNotNull();
        assertThat(facts.swaps().value()).isNotNull();
        assertThat(facts.interfaces().value()).isNotEmpty();
        assertThat(facts.programs()).containsKeys("podman", "ethtool", "ib_write_bw");
        assertThat(facts.login().value()).isNotNull();
        assertThat(facts.devices().value()).hasSize(2);
        assertThat(facts.weightsFree().value()).isPositive();
        assertThat(facts.nic().value()).extracting(Nic::name).isEqualTo("lo");
    }

    /** A tool that hangs on TERM too, one that answers in another language unless told not to, and one that reads our script. */
    @Test
    void aHangingToolCostsItsRowOnly(@TempDir Path folder) throws StrixhaloException, IOException {
        program(folder, "uname", "trap '' TERM; while :; do sleep 1; done");
        program(folder, "busctl", "(trap '' TERM; exec sleep 100) & wait");
        program(folder, "rdma", "cat; [ \"$LC_ALL\" = C ] && echo '[]'");
        var begun = Instant.now();

        var facts = look(Map.of("PATH", folder + ":" + path(), "LC_ALL", "de_DE.UTF-8", "HOME", folder.toString()));

        assertThat(Duration.between(begun, Instant.now())).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(60));
        assertThat(facts.kernel().reason()).isEqualTo("'uname -r' did not answer within 10 s");
        assertThat(facts.logind().reason()).endsWith("did not answer within 10 s");
        assertThat(facts.os().value()).isNotNull();
        assertThat(facts.rdma().value()).isNotNull();
        assertThat(facts.devices().value()).hasSize(2);
        assertThat(facts.weightsFree().value()).isPositive();
    }

    /** A machine that has next to nothing: every fact whose tool is absent says so, and the script comes to its end. */
    @Test
    void toolsThatAreAbsentAreNamed(@TempDir Path folder) throws StrixhaloException, IOException {
        for (var tool : List.of(
                "sh",
                "timeout",
                "cat",
                "sed",
                "awk",
                "grep",
                "id",
                "date",
                "uname",
                "cut",
                "tr",
                "head",
                "mktemp",
                "rm",
                "mkdir",
                "cp",
                "dirname",
                "basename",
                "readlink",
                "stat",
                "env",
                "sort",
                "sha256sum",
                "sleep")) {
            var real = List.of("/usr/bin/", "/bin/").stream()
                    .map(bin -> Path.of(bin + tool))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            Files.createSymbolicLink(folder.resolve(tool), real);
        }

        var facts = look(Map.of("PATH", folder.toString()));

        assertThat(facts.kernel().value()).isNotNull();
        assertThat(facts.limits().value()).isNotNull();
        assertThat(facts.podman().reason()).isEqualTo("'podman' is not installed");
        assertThat(facts.reach().reason()).isEqualTo("'python3' is not installed");
        assertThat(facts.weightsDisk().reason()).isEqualTo("'findmnt' is not installed");
        assertThat(facts.weightsFree().reason()).isEqualTo("'df' is not installed");
        assertThat(facts.logind().reason()).isEqualTo("'busctl' is not installed");
        assertThat(facts.programs()).containsEntry("podman", false);
    }

    /** A stand-in for podman says what podman 4.3 says of a container; the cache is laid out as huggingface_hub does it. */
    @Test
    void comparesVariablesByDigestAndModelsByCommit(@TempDir Path folder) throws StrixhaloException, IOException {
        program(folder, "uname", "[ \"$1\" = -n ] && echo box1 || echo 6.18.5");
        program(folder, "podman", """
                case "$*" in
                    --version) echo podman version 4.3.1 ;;
                    ps*json*) echo '[{"Id":"c1"}]' ;;
                    ps*) echo c1 ;;
                    inspect*) printf '%s\\n' 4194305 '"PATH=/usr/bin"' '"HOSTNAME=abc"' '"EMPTY="' '"SAID=a \\"b\\"\\nc"' \\
                        '"VLLM_HOST_IP=127.0.0.1"' '"NODE=box1"' '"TWICE=127.0.0.1"' '"OTHER=127.0.0.11"' ;;
                    *) exit 1 ;;
                esac""");
        var commit = "c1899de289a04d12100db370d81485cdf75e47ca";
        for (var name : List.of("models--org--mine--2", "datasets--org--data")) {
            var refs = Files.createDirectories(folder.resolve(".cache/huggingface/hub/" + name + "/refs"));
            Files.writeString(refs.resolve("main"), commit);
        }

        var facts = look(Map.of("PATH", folder + ":" + path(), "HOME", folder.toString()));

        // Not HOSTNAME, nor what is the fabric address or the name of this machine.
        assertThat(facts.environment().value())
                .containsOnlyKeys("PATH", "EMPTY", "SAID", "OTHER")
                .containsEntry("PATH", "33629c0e654360bfd8ab5089302a26e27dce5044d624b22f51fcbc66f1e0d19c");
        assertThat(facts.models().value()).isEqualTo(new Models(Map.of("org/mine--2", commit), ""));
    }

    /**
     * podman's first call in a home makes its storage and chooses the driver for good: whatever fails, no call of a look may
     * be that one. A stand-in tells whose home each call was in.
     */
    @ParameterizedTest
    @ValueSource(strings = {"", "info", "images", "ps"})
    void noCallOfPodmanIsInAHomeWithoutStorage(String fails, @TempDir Path folder)
            throws StrixhaloException, IOException {
        program(folder, "id", "[ \"$1\" = -u ] && echo 1000 || exec /usr/bin/id \"$@\"");
        program(folder, "podman", """
                [ "$1" = --version ] && { echo podman version 4.3.1; exit; }
                echo "$HOME $*" >>%s/calls
                [ "$1" != "%s" ] || exit 125
                [ "$1" != info ] || echo '{}'
                """.formatted(folder, fails));

        look(Map.of("PATH", folder + ":" + path(), "HOME", folder.toString()));

        assertThat(Files.readAllLines(folder.resolve("calls")))
                .hasSizeGreaterThanOrEqualTo(3)
                .allMatch(call -> call.startsWith("/tmp/strixhalo-look."));
    }

    private static HostFacts look(Map<String, String> environment) throws StrixhaloException {
        var all = new HashMap<>(environment);
        all.putIfAbsent("HOME", "/tmp");
        try (var nodes = Nodes.here(RemoteSettings.of(Path.of("/tmp"), "nobody", all))) {
            return HostFacts.look(
                    nodes.head(), "strix", List.of("127.0.0.2"), List.of("/dev/null", "/dev/kfd"), Clock.systemUTC());
        }
    }

    private static String path() {
        return "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    }

    private static void program(Path folder, String name, String text) throws IOException {
        var file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text + "\n");
        if (!file.toFile().setExecutable(true)) throw new IOException("not executable: " + file);
    }
}
