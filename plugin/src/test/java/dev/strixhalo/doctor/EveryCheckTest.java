package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.PEER;
import static dev.strixhalo.host.HostSamples.inside;
import static dev.strixhalo.host.HostSamples.limits;
import static dev.strixhalo.host.HostSamples.model;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import dev.strixhalo.host.HostSamples;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each check says ok, warn or fail, and skip, of nodes that differ in one answer; one without such nodes fails here. */
class EveryCheckTest {
    /** How a node looks whose check is bad, and one of which nothing can be said. */
    private record Case(UnaryOperator<HostSamples> bad, UnaryOperator<HostSamples> unknown) {}

    private static final Map<String, Case> CASES = cases();

    private static UnaryOperator<HostSamples> with(String probe, String answer) {
        return sample -> sample.with(probe, answer);
    }

    /** A probe that hangs. */
    private static UnaryOperator<HostSamples> hanging(String probe) {
        return sample -> sample.ending(probe, 124, "");
    }

    private static UnaryOperator<HostSamples> without(String probe) {
        return sample -> sample.without(probe);
    }

    private static Map<String, Case> cases() {
        var all = new LinkedHashMap<String, Case>();
        all.put(
                "ssh-server",
                new Case(
                        with("sshd", "/etc/ssh/sshd_config:AllowTcpForwarding no"),
                        s -> s.failing("sshd", 2, "grep: /etc/ssh/sshd_config: Permission denied")));
        all.put("os-release", new Case(with("os-release", "ID=gentoo"), hanging("os-release")));
        all.put("kernel-version", new Case(with("kernel", "6.1.0"), hanging("kernel")));
        all.put("linux-firmware", new Case(with("packages", "linux-firmware 20240101"), hanging("packages")));
        all.put("gpu-target", new Case(s -> s.ending("gfx", 2, ""), hanging("gfx")));
        all.put("clock", new Case(with("began", "1"), hanging("began")));
        all.put("same-kernel", new Case(with("kernel", "6.18.6-200.fc43.x86_64"), hanging("kernel")));
        all.put("same-firmware", new Case(with("packages", "amd-gpu-firmware 20260501"), hanging("packages")));
        all.put("vram-carve-out", new Case(with("gpu", """
                                /sys/class/drm/card1/device/mem_info_vram_total:4294967296
                                /sys/class/drm/card1/device/mem_info_gtt_total:133143986176
                                """), hanging("gpu")));
        all.put("gtt-size", new Case(with("gpu", """
                                /sys/class/drm/card1/device/mem_info_vram_total:536870912
                                /sys/class/drm/card1/device/mem_info_gtt_total:1
                                """), hanging("gpu")));
        all.put("kernel-arguments", new Case(with("arguments", "quiet"), hanging("arguments")));
        all.put("oom-killers", new Case(with("services", "active\ninactive"), hanging("services")));
        all.put(
                "swap",
                new Case(
                        with("swaps", "Filename Type Size Used Priority\n/dev/zram0 partition 1 0 1"),
                        hanging("swaps")));
        all.put("suspend", new Case(with("suspend", "static"), hanging("suspend")));
        all.put("programs", new Case(with("programs", programs("no")), without("programs")));
        all.put("rdma-programs", new Case(with("programs", programs("no")), without("programs")));
        all.put("podman-version", new Case(with("podman", "podman version 3.4.4"), with("podman", "absent")));
        all.put("same-podman", new Case(with("podman", "podman version 4.3.1"), with("podman", "absent")));
        all.put("fabric-interface", new Case(with("addresses", "[]"), hanging("addresses")));
        all.put("link-speed", new Case(with("speed", "1000"), with("speed", "-1")));
        all.put("nic-driver", new Case(with("driver", "/sys/bus/pci/drivers/igc"), hanging("driver")));
        all.put("nic-firmware", new Case(with("ethtool", "firmware-version: 4.20 0x1 1.1.0"), hanging("ethtool")));
        all.put("same-nic-firmware", new Case(with("ethtool", "firmware-version: 4.92 0x1 1.1.0"), hanging("ethtool")));
        all.put("pcie-link", new Case(with("pcie", """
                                /sys/class/net/x/device/current_link_width:1
                                /sys/class/net/x/device/current_link_speed:8.0 GT/s PCIe
                                """), hanging("pcie")));
        all.put("verbs-device", new Case(s -> s.ending("rdma-ports", 2, ""), hanging("rdma-ports")));
        all.put(
                "rdma-port",
                new Case(
                        with("rdma-ports", "/sys/class/infiniband/irdma0/ports/1/state:1: DOWN"),
                        hanging("rdma-ports")));
        all.put("roce-mode", new Case(with("gid-types", ""), hanging("rdma-ports")));
        all.put("gid-index", new Case(with("gids", ""), hanging("rdma-ports")));
        all.put(
                "persistent-address",
                new Case(
                        s -> s.without("nm-profile"),
                        s -> s.without("nm-device").failing("keepers", 1, "System has not been booted with systemd")));
        all.put(
                "fabric-route",
                new Case(
                        with("route-" + PEER, "[{\"dev\":\"eno1\",\"prefsrc\":\"10.0.0.11\"}]"),
                        hanging("route-" + PEER)));
        all.put(
                "default-route",
                new Case(with("defaults", "[{\"dst\":\"default\",\"dev\":\"enp194s0np0\"}]"), hanging("defaults")));
        all.put(
                "management-address",
                new Case(with("connection", "192.168.100.2 5000 192.168.100.1 22"), with("connection", "")));
        all.put(
                "mtu",
                new Case(
                        s -> s.with("addresses", s.answer("addresses").replace("9000", "1500")), hanging("addresses")));
        all.put(
                "mtu-proof",
                new Case(
                        with("ping-" + PEER, "3 packets transmitted, 0 received, 100% packet loss, time 612ms"),
                        hanging("ping-" + PEER)));
        all.put(
                "fabric-firewall",
                new Case(
                        with("reach", "listen fabric ok\nfabric " + PEER + " silent"),
                        s -> s.ending("reach", 127, "")));
        all.put(
                "lan-firewall",
                new Case(
                        with("reach", "listen fabric ok\nfabric " + PEER + " open\nlan " + PEER + " 10.0.0.12 open"),
                        hanging("reach")));
        all.put(
                "node-ssh",
                new Case(
                        s -> s.failing("ssh-" + PEER, 255, "strix@192.168.100.2: Permission denied (publickey)."),
                        hanging("ssh-" + PEER)));
        all.put("memlock", new Case(with("limits", limits("8388608", "1", "1")), hanging("limits")));
        all.put(
                "manager-memlock",
                new Case(with("manager-limits", limits("8388608", "1", "1")), without("manager-limits")));
        all.put(
                "container-memlock",
                new Case(with("inside", inside("8388608", "/dev/kfd ok", "a")), without("inside")));
        all.put("open-files", new Case(with("limits", limits("unlimited", "4096", "512000")), hanging("limits")));
        all.put("processes", new Case(with("limits", limits("unlimited", "524288", "4096")), hanging("limits")));
        all.put(
                "tasks",
                new Case(
                        with("tasks", "/sys/fs/cgroup/user.slice/user-1000.slice/pids.max:4096"),
                        s -> s.ending("tasks", 2, "")));
        all.put("groups", new Case(with("groups", "strix"), without("user")));
        all.put("subordinate-ids", new Case(with("subuid", ""), with("user", "root")));
        all.put("linger", new Case(with("linger", "no"), with("linger", "no-systemd")));
        all.put("logind", new Case(with("logind", "b true\nb true"), hanging("logind")));
        all.put("gpu-devices", new Case(with("devices", "/dev/kfd missing\n/dev/dri ok"), without("devices")));
        all.put("rdma-devices", new Case(with("devices", "/dev/infiniband empty"), without("devices")));
        all.put(
                "container-devices",
                new Case(
                        with("inside", inside("unlimited", "/dev/kfd denied /dev/kfd crw-rw---- nobody:nogroup", "a")),
                        without("inside")));
        all.put(
                "selinux",
                new Case(
                        with("denials", "AVC avc:  denied  { map } for  pid=1 comm=\"python\" path=\"/dev/kfd\""),
                        hanging("selinux")));
        all.put(
                "storage-driver",
                new Case(s -> s.with("info", s.answer("info").replace("overlay", "vfs")), with("podman", "absent")));
        all.put(
                "runtime",
                new Case(s -> s.with("info", s.answer("info").replace("crun", "runc")), with("podman", "absent")));
        all.put(
                "rootless",
                new Case(s -> s.with("info", s.answer("info").replace("true", "false")), with("podman", "absent")));
        all.put("graph-disk", new Case(with("graph-disk", "tmpfs tmpfs 9 0 9 0% /"), without("graph-disk")));
        all.put(
                "same-image",
                new Case(
                        s -> s.with("containers", s.answer("containers").replace("5c1f9d2e11", "a0b1c2d3e4")),
                        with("containers", "[]")));
        all.put("same-rccl", new Case(with("inside", inside("unlimited", "/dev/kfd ok", "b")), without("inside")));
        all.put("same-environment", new Case(with("environment", "PATH " + "2".repeat(64)), without("environment")));
        all.put(
                "same-model",
                new Case(
                        with("models", model("Qwen/Qwen3-0.6B", "e6de91484c29aa9480d55605af694f39b081c455")),
                        s -> s.ending("models", 2, "")));
        all.put("weights-room", new Case(with("weights", "/dev/vda 9 8 1 98% /"), hanging("weights")));
        all.put("weights-disk", new Case(with("weights-disk", "nfs4 nas:/hf"), hanging("weights-disk")));
        all.put(
                "ports",
                new Case(
                        with("ports", "LISTEN 0 5 *:8000 *:* users:((\"python3\",pid=99,fd=3))"),
                        s -> s.ending("ports", 127, "")));
        all.put("processes-left", new Case(with("processes", "99 alice foreign raylet"), without("processes")));
        all.put("gpu-users", new Case(with("gpu-users", "99 alice foreign 1048576 python3"), without("gpu-users")));
        all.put("shared-memory", new Case(with("shm-used", ""), hanging("shm-used")));
        all.put("compiler-cache", new Case(with("comgr", "/home/strix/.cache/comgr/llvmcache-1"), hanging("comgr")));
        all.put("login-environment", new Case(with("login", "NCCL_PROTO"), hanging("login")));
        return all;
    }

    private static String programs(String word) {
        return Stream.of(
                        "podman", "crun", "ip", "rdma", "ethtool", "ibv_devinfo", "ib_write_bw", "toolbox", "distrobox")
                .map(name -> name + " " + word)
                .reduce("", (all, line) -> all + line + "\n");
    }

    static Stream<String> ids() {
        return Doctor.checks().stream().map(Check::id).filter(id -> !id.equals("reachable"));
    }

    @ParameterizedTest
    @MethodSource("ids")
    void saysOkAndBadAndSkip(String id) {
        var nodes = Objects.requireNonNull(CASES.get(id), "no nodes are told for " + id);

        assertThat(finding(id, strixHalo())).returns(Verdict.OK, Finding::verdict);
        var bad = finding(id, nodes.bad().apply(strixHalo()));
        assertThat(bad.verdict()).as(bad.toString()).isIn(Verdict.WARN, Verdict.FAIL);
        assertThat(bad.wanted()).as(bad.toString()).isNotBlank();
        assertThat(bad.fixes()).as(bad.toString()).isNotEmpty().noneMatch(fix -> fix.startsWith("or"));
        var unknown = finding(id, nodes.unknown().apply(strixHalo()));
        assertThat(unknown.verdict()).as(unknown.toString()).isEqualTo(Verdict.SKIP);
        assertThat(unknown.found()).isNotBlank();
    }

    /** A node that does not answer is never left out, so this check has no skip. */
    @Test
    void whetherANodeAnswersIsNeverSkipped() {
        assertThat(finding("reachable", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        var report = Patients.halfReport(
                strixHalo().facts(), Problem.of("x refuses SSH.").fix("start sshd"));
        assertThat(report.with(Verdict.FAIL)).extracting(Finding::check).containsExactly("reachable");
    }

    @Test
    void sourcesAreOnesThatAnybodyCanLookUp() {
        assertThat(Doctor.checks())
                .allSatisfy(check -> assertThat(check.source()).doesNotContain("CHECKS", "FIELD", "§"));
    }
}
