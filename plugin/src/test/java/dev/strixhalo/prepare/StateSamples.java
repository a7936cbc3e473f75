package dev.strixhalo.prepare;

import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.NodeDescription;
import dev.strixhalo.host.HostSamples;
import dev.strixhalo.host.LookLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Output of state.sh, to be bent in one probe. {@link #debian} is a real machine's; {@link #fedora} is written after the
 * formats of grubby(8), nmcli(1) and devlink-dev(8), for no Fedora was at hand; GrubbyTest has what grubby itself printed.
 */
final class StateSamples {
    private final Map<String, String> probes = new LinkedHashMap<>();

    private StateSamples() {}

    static StateSamples debian() {
        var samples = new StateSamples();
        try (var stream = StateSamples.class.getResourceAsStream("state-debian12.txt")) {
            if (stream == null) throw new IllegalStateException("no fixture");
            for (var line : new String(stream.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!line.startsWith("{")) continue;
                samples.probes.put(
                        RecordFile.json().readTree(line).path("probe").asText(), line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // The look was taken before ping's package and the storage were asked for.
        return samples.with("packages", "ii  crun\nii  iproute2\nii  iputils-ping\nii  podman")
                .with("storage", "made")
                // And before keys were.
                .with("node-key", "none")
                .with("sshd-port", "22")
                .with("host-keys", "ssh-ed25519 AAAAhost1 root@node1")
                .with("home-mode", "755")
                .with("ssh-mode", "none");
    }

    static StateSamples fedora() {
        return debian().with("user", "strix")
                .with("manager", "dnf")
                .with("packages", "ii podman\nii crun\nii iproute\nii iputils")
                .with("units", "active\ninactive\nactive")
                .without("file /etc/default/grub.d/init-select.cfg")
                .with("update-grub", "no")
                .with("cards", "eno1 0000:c1:00.0 1\nenp194s0np0 0000:c2:00.0 1")
                .with("nm-devices", "eno1:ethernet:connected:u-1\nenp194s0np0:ethernet:disconnected:")
                .with("nm-list", "u-1:802-3-ethernet:/etc/NetworkManager/system-connections/eno1.nmconnection")
                .without("nm-profile 110ef38e-c8b5-3cb3-9db3-723f402859e4")
                .without("nm-profile 40dc5aec-7c75-39a3-b2f6-b53f48f5f45c")
                .with(
                        "devlink",
                        "{\"param\":{\"pci/0000:c2:00.0\":[{\"name\":\"enable_roce\",\"type\":\"generic\",\"values\":"
                                + "[{\"cmode\":\"runtime\",\"value\":true}]}]}}")
                .with("grubby", """
                        index=0
                        kernel="/boot/vmlinuz-6.18.6-200.fc43.x86_64"
                        args="ro rootflags=subvol=root rhgb quiet"
                        root="UUID=6e"
                        initrd="/boot/initramfs-6.18.6-200.fc43.x86_64.img"
                        title="Fedora Linux (6.18.6-200.fc43.x86_64) 43 (Server Edition)"
                        index=1
                        kernel="/boot/vmlinuz-6.18.5-200.fc43.x86_64"
                        args="ro rootflags=subvol=root rhgb quiet pci=noaer iommu=pt"
                        root="UUID=6e"
                        """);
    }

    StateSamples with(String probe, String answer) {
        probes.put(probe, LookLines.answer(probe, answer));
        return this;
    }

    StateSamples failing(String probe, int code, String error) {
        probes.put(probe, LookLines.answer(probe, code, "", error));
        return this;
    }

    StateSamples file(String path, String mode, String content) {
        return with(
                "file " + path,
                mode + " root:root\n" + Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8)));
    }

    StateSamples without(String probe) {
        probes.remove(probe);
        return this;
    }

    List<String> lines() {
        return List.copyOf(probes.values());
    }

    HostState state() {
        try {
            return HostState.parse(lines());
        } catch (StrixhaloException e) {
            throw new AssertionError(e);
        }
    }

    /** A node with this state and these facts. */
    Host host(HostSamples facts, String link, Wishes wishes, String fabricInterface) {
        return host(facts, link, wishes, fabricInterface, List.of());
    }

    Host host(HostSamples facts, String link, Wishes wishes, String fabricInterface, List<Neighbour> others) {
        return host(state(), facts, link, wishes, fabricInterface, others);
    }

    /** A node with the state of a real one, and the guide's wishes. */
    static Host host(HostState state, HostSamples facts) {
        return host(state, facts, "roce", Wishes.STANDARD, "enp194s0np0", List.of());
    }

    private static Host host(
            HostState state,
            HostSamples facts,
            String link,
            Wishes wishes,
            String fabricInterface,
            List<Neighbour> others) {
        try {
            var cluster = Cluster.of(
                    "strix",
                    link,
                    List.of(
                            new NodeDescription(
                                    "node1",
                                    "10.0.0.11",
                                    "strix",
                                    "192.168.100.1/30",
                                    fabricInterface.isEmpty() ? null : fabricInterface),
                            new NodeDescription("node2", "10.0.0.12", "strix", "192.168.100.2/30", null)));
            return new Host(cluster.head(), cluster, facts.facts(), state, wishes, others);
        } catch (StrixhaloException e) {
            throw new AssertionError(e);
        }
    }

    /** Facts of a machine that is bare: no address, small MTU, small limits, no groups. */
    static HostSamples bare(String device) {
        return HostSamples.strixHalo()
                .with("addresses", """
                        [{"ifname":"eno1","flags":["UP"],"mtu":1500,"addr_info":[{"family":"inet","local":"10.0.0.11","prefixlen":24}]},
                         {"ifname":"%s","flags":["UP"],"mtu":1500,"addr_info":[]}]
                        """.formatted(device))
                .with("rdma-ports", "")
                .with("rdma-links", "[]")
                .with("limits", HostSamples.limits("8388608", "524288", "512000"))
                .with("arguments", "BOOT_IMAGE=/vmlinuz root=/dev/vda ro quiet")
                .with("linger", "no")
                .with("logind", "b false\nb true");
    }
}
