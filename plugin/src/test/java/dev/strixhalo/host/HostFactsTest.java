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
        program(folder, "rdma", "cat; [ \"$LC_ALL\" = C ] && echo '[]'");
        var begun = Instant.now();

        var facts = look(Map.of("PATH", folder + ":" + path(), "LC_ALL", "de_DE.UTF-8", "HF_HOME", folder.toString()));

        assertThat(Duration.between(begun, Instant.now())).isBetween(Duration.ofSeconds(10), Duration.ofSeconds(60));
        assertThat(facts.kernel().reason()).isEqualTo("'uname -r' did not answer within 10 s");
        assertThat(facts.os().value()).isNotNull();
        assertThat(facts.rdma().value()).isNotNull();
        assertThat(facts.devices().value()).hasSize(2);
        assertThat(facts.weightsFree().value()).isPositive();
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
