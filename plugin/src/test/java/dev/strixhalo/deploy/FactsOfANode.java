package dev.strixhalo.deploy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.cluster.NodeDescription;
import dev.strixhalo.host.DeviceAccess;
import dev.strixhalo.host.NetworkInterface;
import dev.strixhalo.host.NodeFacts;
import dev.strixhalo.host.Podman;
import dev.strixhalo.host.Reading;
import dev.strixhalo.host.Subordinates;
import dev.strixhalo.run.Memlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Facts of a node that is right in every respect, to be bent in one. */
final class FactsOfANode {
    List<DeviceAccess> devices = new ArrayList<>(List.of(
            new DeviceAccess("/dev/kfd", DeviceAccess.State.OPEN, ""),
            new DeviceAccess("/dev/dri", DeviceAccess.State.OPEN, ""),
            new DeviceAccess("/dev/infiniband", DeviceAccess.State.OPEN, "")));
    List<Podman.Image> images = new ArrayList<>();
    List<Podman.Container> containers = new ArrayList<>();
    Memlock memlock = Memlock.UNLIMITED;
    NodeFacts.Linger linger = NodeFacts.Linger.ENABLED;
    String podmanVersion = "5.6.2";
    String runtime = "crun";
    String driver = "overlay";
    boolean rootless = true;
    boolean podmanThere = true;
    long subordinate = 65536;
    Reading<Subordinates> subordinates = Reading.of(new Subordinates(165_536));
    String lan = "10.0.0.11";
    long graphFree = 400_000_000_000L;
    long copyFree = 400_000_000_000L;
    boolean oneFileSystem = true;
    Optional<String> gate = Optional.empty();
    Optional<String> launch = Optional.empty();

    static Node node1() {
        try {
            return Cluster.of(
                            null,
                            null,
                            List.of(new NodeDescription("node1", "10.0.0.11", "strix", "192.168.100.1/30", null)))
                    .head();
        } catch (StrixhaloException e) {
            throw new AssertionError(e);
        }
    }

    Podman podman() {
        return new Podman(
                podmanVersion,
                rootless,
                runtime,
                driver,
                "/home/strix/.local/share/containers/storage",
                "/var/tmp",
                graphFree,
                copyFree,
                oneFileSystem,
                images,
                containers);
    }

    NodeFacts facts() {
        return new NodeFacts(
                "strix",
                List.of("strix", "render", "video"),
                "/home/strix",
                lan,
                memlock,
                1_790_000_000L,
                linger,
                subordinate,
                subordinate,
                subordinates,
                List.of(
                        new NetworkInterface("eno1", true, 1500, List.of("10.0.0.11/24")),
                        new NetworkInterface("enp194s0np0", true, 9000, List.of("192.168.100.1/30"))),
                devices,
                podmanThere ? Optional.of(podman()) : Optional.empty(),
                Optional.empty(),
                gate,
                launch);
    }
}
