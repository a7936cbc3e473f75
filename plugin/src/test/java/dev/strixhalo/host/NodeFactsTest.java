package dev.strixhalo.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.cluster.NodeDescription;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NodeFactsTest {
    /** What look.sh printed on a node of the test bed: Debian 12, rootless podman 4.3.1, stand-in devices. */
    private static List<String> bedNode() {
        try (var stream = NodeFactsTest.class.getResourceAsStream("look-bed-node.txt")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Node node(String fabric, @Nullable String device) throws StrixhaloException {
        return Cluster.of(null, "tcp", List.of(new NodeDescription("node1", "10.0.0.11", null, fabric, device)))
                .head();
    }

    private static List<String> without(List<String> lines, String probe) {
        return lines.stream()
                .filter(line -> !line.startsWith("{\"probe\":\"" + probe + "\""))
                .toList();
    }

    private static List<String> replacing(List<String> lines, String probe, String... answer) {
        var changed = new ArrayList<>(without(lines, probe));
        changed.add(LookLines.answer(probe, String.join("\n", answer)));
        return changed;
    }

    @Test
    void readsARealNode() throws StrixhaloException {
        var facts = NodeFacts.parse(bedNode());

        assertThat(facts.user()).isEqualTo("strix");
        assertThat(facts.groups()).contains("render", "video");
        assertThat(facts.memlock().bytes()).isEqualTo(8 << 20);
        assertThat(facts.linger()).isEqualTo(NodeFacts.Linger.NO_SYSTEMD);
        assertThat(facts.subuid()).isEqualTo(65536);
        assertThat(facts.lanAddress()).isEqualTo("10.77.0.11");
        var podman = facts.podman().orElseThrow();
        assertThat(podman.version()).isEqualTo("4.3.1");
        assertThat(podman.rootless()).isTrue();
        assertThat(podman.runtime()).isEqualTo("crun");
        assertThat(podman.storageDriver()).isEqualTo("overlay");
        assertThat(podman.graphRootFree()).isGreaterThan(1_000_000_000L);
    }

    @Test
    void findsTheOneInterfaceThatCarriesTheFabricAddress() throws StrixhaloException {
        var facts = NodeFacts.parse(bedNode());

        var fabric = facts.fabric(node("192.168.100.1/30", null));

        assertThat(fabric.mtu()).isEqualTo(9000);
        assertThat(fabric.addresses()).containsExactly("192.168.100.1/30");
    }

    @Test
    void listsWhatIsThereWhenNoInterfaceCarriesTheFabricAddress() throws StrixhaloException {
        var facts = NodeFacts.parse(bedNode());

        assertThatThrownBy(() -> facts.fabric(node("192.168.100.9/24", null)))
                .isInstanceOf(StrixhaloException.class)
                .hasMessage("node1: no interface carries the fabric address 192.168.100.9.")
                .satisfies(e -> assertThat(
                                ((StrixhaloException) e).problems().get(0).found())
                        .anyMatch(line -> line.contains("192.168.100.1/30"))
                        .anyMatch(line -> line.contains("10.77.0.11/24")));
    }

    @Test
    void refusesTwoInterfacesWithTheFabricAddress() throws StrixhaloException {
        var twice = """
                [{"ifname":"fab0","flags":["UP"],"mtu":9000,"addr_info":[{"family":"inet","local":"192.168.100.1","prefixlen":30}]},
                 {"ifname":"fab1","flags":["UP"],"mtu":1500,"addr_info":[{"family":"inet","local":"192.168.100.1","prefixlen":30}]}]""";
        var facts = NodeFacts.parse(replacing(bedNode(), "addresses", twice.split("\n")));

        assertThatThrownBy(() -> facts.fabric(node("192.168.100.1/30", null)))
                .hasMessage("node1: 2 interfaces carry the fabric address 192.168.100.1.");
    }

    @Test
    void refusesAPinnedInterfaceThatIsAnother() throws StrixhaloException {
        var facts = NodeFacts.parse(bedNode());

        assertThatThrownBy(() -> facts.fabric(node("192.168.100.1/30", "enp194s0np0")))
                .hasMessageContaining("<fabricInterface> is enp194s0np0, but");
    }

    @Test
    void knowsANodeWithoutPodman() throws StrixhaloException {
        var facts = NodeFacts.parse(replacing(bedNode(), "podman", "absent"));

        assertThat(facts.podman()).isEmpty();
    }

    @Test
    void passesALoginBannerOver() throws StrixhaloException {
        var noisy = new ArrayList<>(List.of("Welcome to node1!", "{\"not\": \"ours\"}"));
        noisy.addAll(bedNode());

        assertThat(NodeFacts.parse(noisy)).isEqualTo(NodeFacts.parse(bedNode()));
    }

    @Test
    void saysWhichAnswerIsMissingWhenTheLookBrokeOff() {
        assertThatThrownBy(() -> NodeFacts.parse(without(bedNode(), "memlock")))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContaining("broke off before its answer about 'memlock'");
    }

    @Test
    void showsTheProgramsOwnWordsWhenItFailed() {
        var failing = new ArrayList<>(without(bedNode(), "info"));
        failing.add(LookLines.answer("info", 125, "", "Error: cannot set up namespace using newuidmap: exit status 1"));

        assertThatThrownBy(() -> NodeFacts.parse(failing))
                .isInstanceOf(StrixhaloException.class)
                .hasMessage("'podman info' failed with exit code 125.")
                .satisfies(e -> assertThat(
                                ((StrixhaloException) e).problems().get(0).found())
                        .containsExactly("Error: cannot set up namespace using newuidmap: exit status 1"));
    }

    @Test
    void readsDevicesThatAreOpenClosedMissingAndEmpty() {
        var devices = DeviceAccess.parse(List.of(
                "/dev/kfd ok",
                "/dev/dri denied /dev/dri/renderD128 crw-rw---- root:render",
                "/dev/infiniband missing",
                ""));

        assertThat(devices)
                .containsExactly(
                        new DeviceAccess("/dev/kfd", DeviceAccess.State.OPEN, ""),
                        new DeviceAccess(
                                "/dev/dri", DeviceAccess.State.DENIED, "/dev/dri/renderD128 crw-rw---- root:render"),
                        new DeviceAccess("/dev/infiniband", DeviceAccess.State.MISSING, ""));
    }
}
