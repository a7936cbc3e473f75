package dev.strixhalo.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Output of doctor's script, to be bent in one probe. {@link #strixHalo} is written after documented formats and the setup
 * guide, for no Strix Halo machine was at hand: Fedora 43 with an E810 card. Where a value was seen on a real machine, the
 * test that sets it says so.
 */
public final class HostSamples {
    public static final String OWN = "192.168.100.1";
    public static final String PEER = "192.168.100.2";
    public static final long ASKED = 1_795_698_245L;

    private static final String GID = "/sys/class/infiniband/irdma0/ports/1/";

    private final Map<String, String> answers = new LinkedHashMap<>();
    private final Map<String, String> errors = new HashMap<>();
    private final Map<String, Integer> codes = new HashMap<>();

    private HostSamples() {}

    /** A node that is right in every respect. */
    public static HostSamples strixHalo() {
        return new HostSamples()
                .with("began", String.valueOf(ASKED))
                .with("os-release", """
                        NAME="Fedora Linux"
                        VERSION="43 (Server Edition)"
                        ID=fedora
                        VERSION_ID=43
                        PRETTY_NAME="Fedora Linux 43 (Server Edition)"
                        """)
                .with("kernel", "6.18.5-200.fc43.x86_64")
                .with(
                        "arguments",
                        "BOOT_IMAGE=(hd0,gpt2)/vmlinuz-6.18.5-200.fc43.x86_64 root=UUID=6e ro iommu=pt pci=realloc pcie_aspm=off"
                                + " amdgpu.gttsize=126976 ttm.pages_limit=32505856")
                .with("meminfo", "MemTotal:       131072000 kB")
                .with("swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority")
                .with("gpu", """
                        /sys/class/drm/card1/device/mem_info_vram_total:536870912
                        /sys/class/drm/card1/device/mem_info_gtt_total:133143986176
                        """)
                .with("gfx", """
                        /sys/class/kfd/kfd/topology/nodes/0/properties:gfx_target_version 0
                        /sys/class/kfd/kfd/topology/nodes/1/properties:gfx_target_version 110501
                        """)
                .with("limits", limits("unlimited", "524288", "512000"))
                .ending("services", 3, "inactive\ninactive")
                .ending("suspend", 1, "masked")
                .with("logind", "b false\nb false")
                .with("packages", """
                        linux-firmware 20260410-1.fc43
                        amd-gpu-firmware 20260410-1.fc43
                        """)
                .with(
                        "programs",
                        "podman yes\ncrun yes\nip yes\nrdma yes\nethtool yes\nibv_devinfo yes\nib_write_bw yes\ntoolbox yes\n"
                                + "distrobox no")
                .with("interface", "enp194s0np0")
                .with("driver", "/sys/bus/pci/drivers/ice")
                .with("bus", "/sys/devices/pci0000:00/0000:00:01.1/0000:c2:00.0")
                .with("ethtool", """
                        driver: ice
                        version: 6.18.5-200.fc43.x86_64
                        firmware-version: 4.91 0x800214b5 1.3909.0
                        expansion-rom-version:
                        bus-info: 0000:c2:00.0
                        """)
                .with("speed", "100000")
                .with("pcie", """
                        /sys/class/net/enp194s0np0/device/current_link_width:4
                        /sys/class/net/enp194s0np0/device/current_link_speed:16.0 GT/s PCIe
                        """)
                .with("rdma-ports", """
                        /sys/class/infiniband/irdma0/ports/1/state:4: ACTIVE
                        /sys/class/infiniband/irdma0/ports/1/phys_state:5: LinkUp
                        /sys/class/infiniband/irdma0/ports/1/link_layer:Ethernet
                        """)
                .with(
                        "gids",
                        GID + "gids/0:fe80:0000:0000:0000:6efe:54ff:fe3d:1c40\n" + GID
                                + "gids/1:0000:0000:0000:0000:0000:ffff:c0a8:6401\n" + GID
                                + "gids/2:0000:0000:0000:0000:0000:0000:0000:0000")
                .with("gid-types", GID + "gid_attrs/types/0:RoCE v2\n" + GID + "gid_attrs/types/1:RoCE v2")
                .with("gid-ndevs", GID + "gid_attrs/ndevs/0:enp194s0np0\n" + GID + "gid_attrs/ndevs/1:enp194s0np0")
                .with(
                        "rdma-links",
                        "[{\"ifindex\":0,\"ifname\":\"irdma0\",\"port\":1,\"state\":\"ACTIVE\",\"physical_state\":\"LINK_UP\","
                                + "\"netdev\":\"enp194s0np0\",\"netdev_index\":2}]")
                .with("defaults", "[{\"dst\":\"default\",\"gateway\":\"10.0.0.1\",\"dev\":\"eno1\",\"flags\":[]}]")
                .with(
                        "route-" + PEER,
                        "[{\"dst\":\"192.168.100.2\",\"dev\":\"enp194s0np0\",\"prefsrc\":\"192.168.100.1\",\"flags\":[],\"uid\":1000,\"cache\":[]}]")
                .with("ping-" + PEER, """
                        PING 192.168.100.2 (192.168.100.2) 8972(9000) bytes of data.
                        8980 bytes from 192.168.100.2: icmp_seq=1 ttl=64 time=0.064 ms

                        --- 192.168.100.2 ping statistics ---
                        3 packets transmitted, 3 received, 0% packet loss, time 612ms
                        """)
                .with("login", "")
                .with("weights", """
                        Filesystem     1024-blocks      Used Available Capacity Mounted on
                        /dev/nvme0n1p3  1000000000 500000000 500000000      50% /
                        """)
                .with("user", "strix")
                .with("groups", "strix render video")
                .with("connection", "10.0.0.5 51234 10.0.0.11 22")
                .with("linger", "yes")
                .with("subuid", "strix:524288:65536")
                .with("subgid", "strix:524288:65536")
                .with("addresses", """
                        [{"ifname":"eno1","flags":["UP"],"mtu":1500,"addr_info":[{"family":"inet","local":"10.0.0.11","prefixlen":24}]},
                         {"ifname":"enp194s0np0","flags":["UP"],"mtu":9000,"addr_info":[{"family":"inet","local":"192.168.100.1","prefixlen":30}]}]
                        """)
                .with("devices", "/dev/kfd ok\n/dev/dri ok\n/dev/infiniband ok")
                .with("podman", "podman version 5.6.2")
                .with("info", """
                        {"host":{"ociRuntime":{"name":"crun"},"security":{"rootless":true}},
                         "store":{"graphDriverName":"overlay","graphRoot":"/home/strix/.local/share/containers/storage"}}
                        """)
                .with("room", """
                        Filesystem     1024-blocks      Used Available Capacity Mounted on
                        /dev/nvme0n1p3  1000000000 500000000 500000000      50% /
                        """)
                .with("images", "[]")
                .with("containers", """
                        [{"Id":"c1","Names":["strix-5c1f9d2"],"ImageID":"5c1f9d2e11","State":"running","Created":1795690000,
                          "Labels":{"dev.strixhalo.cluster":"strix"}}]
                        """)
                .with("launch", "{\"about\":{\"model\":\"Qwen/Qwen3-0.6B\"}}")
                .with("models", model("Qwen/Qwen3-0.6B", "c1899de289a04d12100db370d81485cdf75e47ca"))
                .with("environment", "HF_HUB_ENABLE_HF_TRANSFER " + "1".repeat(64) + "\nPATH " + "2".repeat(64))
                .with("graph-disk", """
                        Filesystem     Type  1024-blocks      Used Available Capacity Mounted on
                        /dev/nvme0n1p3 btrfs  1000000000 500000000 500000000      50% /home
                        """)
                .with("weights-disk", "btrfs  /dev/nvme0n1p3[/home]")
                .with("weights-turns", "   0")
                .with("boot-entries", """
                        index=0
                        kernel="/boot/vmlinuz-6.18.5-200.fc43.x86_64"
                        args="ro rhgb quiet iommu=pt pci=realloc pcie_aspm=off amdgpu.gttsize=126976 ttm.pages_limit=32505856"
                        root="UUID=6e"
                        """)
                .with("limits-files", "strix - memlock unlimited")
                .with("groups-next", "strix render video")
                .with("subuids", "strix:524288:65536")
                .with("subgids", "strix:524288:65536")
                .with("manager", "MainPID=1700\nLimitMEMLOCK=infinity\nNeedDaemonReload=no")
                .with("manager-limits", limits("unlimited", "524288", "512000"))
                .with("tasks", """
                        /sys/fs/cgroup/user.slice/user-1000.slice/pids.max:333333
                        /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/pids.max:max
                        """)
                .with("sshd", """
                        /etc/ssh/sshd_config.d/50-redhat.conf:UsePAM yes
                        /etc/ssh/sshd_config:Include /etc/ssh/sshd_config.d/*.conf
                        /etc/ssh/sshd_config:Subsystem sftp /usr/libexec/openssh/sftp-server
                        """)
                .with("selinux", "Enforcing")
                .with("denials", "")
                .with(
                        "reach",
                        "listen fabric ok\nlisten lan ok\nfabric " + PEER + " open\nlan " + PEER + " 10.0.0.12 silent")
                .with("ssh-" + PEER, "")
                .ending("keepers", 3, "active\ninactive")
                .failing("netplan", 1, "find: '/etc/netplan': No such file or directory")
                .failing("ifupdown", 2, "grep: /etc/network/interfaces: No such file or directory")
                .with("nm-device", """
                        GENERAL.STATE:100 (connected)
                        GENERAL.CONNECTION:rdma0
                        GENERAL.CON-UUID:110ef38e-c8b5-3cb3-9db3-723f402859e4
                        """)
                .with("nm-profile", """
                        connection.id:rdma0
                        connection.autoconnect:yes
                        connection.zone:trusted
                        ipv4.method:manual
                        ipv4.addresses:192.168.100.1/30
                        """)
                .with(
                        "nm-files",
                        "110ef38e-c8b5-3cb3-9db3-723f402859e4:/etc/NetworkManager/system-connections/rdma0.nmconnection")
                .with(
                        "roce-parameter",
                        "{\"param\":{\"pci/0000:c2:00.0\":[{\"name\":\"enable_roce\",\"type\":\"generic\",\"values\":"
                                + "[{\"cmode\":\"runtime\",\"value\":true}]}]}}")
                .with("inside", inside("unlimited", "/dev/kfd ok\n/dev/dri ok\n/dev/infiniband ok", "a"))
                .with("ports", """
                        LISTEN 0      128          0.0.0.0:22         0.0.0.0:*
                        LISTEN 0      4096   192.168.100.1:6379       0.0.0.0:*    users:(("gcs_server",pid=4711,fd=12))
                        """)
                .with("processes", "4711 strix ours gcs_server\n4712 strix ours raylet")
                .with("gpu-users", "4713 strix ours 1048576 VLLM::Worker_TP")
                .with("shm", "psm_1a2b 4096\nnccl-XyZ 33554432")
                .with("shm-used", "nccl-XyZ\npsm_1a2b")
                .with("comgr", "");
    }

    /** What the cache of Hugging Face has for a model, as huggingface_hub 0.36 wrote it. */
    public static String model(String name, String commit) {
        return "/home/strix/.cache/huggingface/hub/models--%s/refs/main:%s".formatted(name.replace("/", "--"), commit);
    }

    /** What the container says of itself. */
    public static String inside(String memlock, String devices, String rccl) {
        return limits(memlock, "524288", "512000").lines().toList().get(3)
                + "\n--\n"
                + devices
                + "\n--\n"
                + rccl.repeat(64)
                + "  opt/rocm/lib/librccl.so.1";
    }

    /** {@code /proc/self/limits} in the columns of a real one. */
    public static String limits(String memlock, String files, String processes) {
        return """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             %-20s %-20s processes
                Max open files            1024                 %-20s files
                Max locked memory         %-20s %-20s bytes
                """.formatted(processes, processes, files, memlock, memlock);
    }

    /** The same with another answer of a probe, whose program succeeded. */
    public HostSamples with(String probe, String answer) {
        return ending(probe, 0, answer);
    }

    /** The same with another answer of a probe and exit code of its program. */
    public HostSamples ending(String probe, int exitCode, String answer) {
        answers.put(probe, answer.stripTrailing());
        codes.put(probe, exitCode);
        errors.remove(probe);
        return this;
    }

    /** The same with a probe that fails and says this on standard error. */
    public HostSamples failing(String probe, int exitCode, String error) {
        return ending(probe, exitCode, "", error);
    }

    /** The same with another answer of a probe, on both streams. */
    public HostSamples ending(String probe, int exitCode, String answer, String error) {
        ending(probe, exitCode, answer);
        errors.put(probe, error);
        return this;
    }

    /** The same without a probe. */
    public HostSamples without(String probe) {
        answers.remove(probe);
        return this;
    }

    /** What a probe says now. */
    public String answer(String probe) {
        return answers.getOrDefault(probe, "");
    }

    /**
     * The facts of a real node, from what the script printed there.
     *
     * @param resource name of the file
     * @param own      its fabric address
     * @param peer     that of the other node
     */
    public static HostFacts recorded(String resource, String own, String peer) {
        try (var stream = HostSamples.class.getResourceAsStream(resource)) {
            if (stream == null) throw new IllegalStateException(resource + " is not there");
            var lines = new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return HostFacts.parse(lines, own, List.of(peer), ASKED);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The facts of the node at the other end, with these answers but its own addresses. */
    public HostFacts factsOfThePeer() {
        var swapped = String.join("\n", lines())
                .replace(OWN, "own")
                .replace(PEER, OWN)
                .replace("own", PEER)
                .replace("c0a8:6401", "c0a8:6402")
                .replace("10.0.0.11", "10.0.0.12");
        return HostFacts.parse(swapped.lines().toList(), PEER, List.of(OWN), ASKED);
    }

    /** The probes that it answers. */
    public Set<String> probes() {
        return Set.copyOf(answers.keySet());
    }

    /** The lines that the script would print. */
    public List<String> lines() {
        var lines = new ArrayList<String>();
        answers.forEach((probe, answer) -> {
            int code = Objects.requireNonNull(codes.get(probe));
            lines.add(LookLines.answer(probe, code, answer, errors.getOrDefault(probe, "")));
        });
        return lines;
    }

    /** The facts that the output makes. */
    public HostFacts facts() {
        return HostFacts.parse(lines(), OWN, List.of(PEER), ASKED);
    }
}
