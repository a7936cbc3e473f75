package dev.strixhalo.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.ByHand;
import dev.strixhalo.host.DeviceAccess;
import dev.strixhalo.host.NodeFacts;
import dev.strixhalo.host.Reading;
import dev.strixhalo.run.Memlock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadinessTest {
    private final FactsOfANode node = new FactsOfANode();

    private static DeploySettings settings(Link link, @Nullable String memlock) throws StrixhaloException {
        return DeploySettings.of(
                link,
                null,
                memlock,
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                Duration.ofHours(1),
                Duration.ofMinutes(5));
    }

    private List<Problem> judge(Link link, @Nullable String memlock) throws StrixhaloException {
        return Readiness.judge(
                FactsOfANode.node1(), node.facts(), settings(link, memlock).spec("strix"), link);
    }

    private void onlyProblem(String sentence, String fix) throws StrixhaloException {
        assertThat(judge(Link.ROCE, null)).singleElement().satisfies(problem -> {
            assertThat(problem.sentence()).startsWith("node1: " + sentence);
            assertThat(problem.fixes()).anyMatch(line -> line.contains(fix));
        });
    }

    @Test
    void aRightNodeHasNoProblem() throws StrixhaloException {
        assertThat(judge(Link.ROCE, null)).isEmpty();
    }

    @Test
    void demandsUnlimitedMemlockForRdma() throws StrixhaloException {
        node.memlock = new Memlock(8 << 20);

        onlyProblem(
                "memlock is limited to 8 MiB; RDMA needs it unlimited.", "/etc/security/limits.d/90-strixhalo.conf");
    }

    @Test
    void takesALowerMemlockWhenAskedFor() throws StrixhaloException {
        node.memlock = new Memlock(8 << 20);

        assertThat(judge(Link.ROCE, "8m")).isEmpty();
        assertThat(judge(Link.ROCE, "16m")).hasSize(1);
        assertThat(judge(Link.TCP, null)).isEmpty();
    }

    @Test
    void namesEveryDeviceThatIsMissingOrClosed() throws StrixhaloException {
        node.devices = List.of(
                new DeviceAccess("/dev/kfd", DeviceAccess.State.MISSING, ""),
                new DeviceAccess("/dev/dri", DeviceAccess.State.DENIED, "/dev/dri/renderD128 crw-rw---- root:render"),
                new DeviceAccess("/dev/infiniband", DeviceAccess.State.EMPTY, ""));

        assertThat(judge(Link.ROCE, null))
                .extracting(Problem::sentence)
                .containsExactly(
                        "node1: /dev/kfd is not there.",
                        "node1: /dev/dri is closed to strix.",
                        "node1: /dev/infiniband holds no device.");
    }

    @Test
    void knowsPodmanThatIsAbsentOldRootfulOrMisconfigured() throws StrixhaloException {
        node.podmanThere = false;
        onlyProblem("podman is not installed.", "dnf install podman");
        node.podmanThere = true;
        node.podmanVersion = "3.4.4";
        onlyProblem("podman is too old: 3.4.4.", "4.3");
        node.podmanVersion = "5.6.2";
        node.rootless = false;
        onlyProblem("podman runs as root there.", "<user>");
        node.rootless = true;
        node.runtime = "runc";
        onlyProblem("podman runs containers with runc", "crun");
        node.runtime = "crun";
        node.driver = "vfs";
        onlyProblem("podman keeps images with the storage driver vfs", "storage.conf");
    }

    @Test
    void wantsSubordinateIds() throws StrixhaloException {
        node.subordinate = 0;

        assertThat(judge(Link.ROCE, null))
                .extracting(Problem::what)
                .containsExactly(
                        "strix has 0 subordinate IDs in /etc/subuid; rootless containers need 65536.",
                        "strix has 0 subordinate IDs in /etc/subgid; rootless containers need 65536.");
        // After the ranges of other users; where nobody can read those, far above them.
        assertThat(judge(Link.ROCE, null).get(0).fixes())
                .containsExactly(
                        ByHand.PREPARE, "sudo usermod --add-subuids 165536-231071 strix && podman system migrate");
        node.subordinates = Reading.absent("'cat /etc/subuid' failed: Permission denied");
        assertThat(judge(Link.ROCE, null).get(1).fixes())
                .contains("sudo usermod --add-subgids 16777216-16842751 strix && podman system migrate");
    }

    @Test
    void takesANodeWithoutLingerSinceDeployCanSwitchItOn() throws StrixhaloException {
        for (var linger : NodeFacts.Linger.values()) {
            node.linger = linger;
            assertThat(judge(Link.ROCE, null)).isEmpty();
        }
    }

    @Test
    void refusesAHostThatLeadsToTheFabricAddress() throws StrixhaloException {
        node.lan = "192.168.100.1";

        onlyProblem("<host> 10.0.0.11 leads to the fabric address 192.168.100.1.", "LAN");
    }

    @Test
    void wantsRoomForTheDownloadAndForWhatItBecomes() {
        node.graphFree = 39_000_000_000L;

        assertThat(Readiness.room(FactsOfANode.node1(), node.podman(), 10_000_000_000L, 30_000_000_000L))
                .singleElement()
                .satisfies(p -> assertThat(p.sentence())
                        .isEqualTo("node1: there is not enough room for the image in"
                                + " /home/strix/.local/share/containers/storage: 39 GB free, 44 GB needed."));
        node.graphFree = 44_000_000_000L;
        assertThat(Readiness.room(FactsOfANode.node1(), node.podman(), 10_000_000_000L, 30_000_000_000L))
                .isEmpty();
        node.oneFileSystem = false;
        node.copyFree = 1;
        assertThat(Readiness.room(FactsOfANode.node1(), node.podman(), 10_000_000_000L, 30_000_000_000L))
                .singleElement()
                .satisfies(p -> assertThat(p.what()).contains("/var/tmp"));
    }
}
