package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.RdmaPort;
import dev.strixhalo.host.RdmaPort.Gid;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeNetworkTest {
    private static final String MAPPED = "0000:0000:0000:0000:0000:ffff:c0a8:6401";
    private static final String LOCAL = "fe80:0000:0000:0000:5aa2:e1ff:fe00:0001";

    private static RdmaPort port(String device, String layer, Gid... gids) {
        return new RdmaPort(device, 1, "ACTIVE", "LinkUp", layer, Set.of("enp194s0np0"), List.of(gids));
    }

    @Test
    void theGidOfTheFabricAddressIsFoundWhereverItStands() throws Exception {
        var ports = List.of(
                port(
                        "irdma0",
                        "Ethernet",
                        new Gid(0, LOCAL, "IB/RoCE v1"),
                        new Gid(1, LOCAL, "RoCE v2"),
                        new Gid(2, MAPPED, "IB/RoCE v1"),
                        new Gid(3, MAPPED, "RoCE v2")),
                port("irdma1", "Ethernet", new Gid(1, "0000:0000:0000:0000:0000:ffff:0a00:0001", "RoCE v2")));

        assertThat(NodeNetwork.port(ports, Link.ROCE, "192.168.100.1"))
                .isEqualTo(new NodeNetwork.RdmaPort("irdma0", 1, 3));
    }

    @Test
    void aCardInIwarpModeIsAnErrorThatShowsItsTable() {
        var iwarp = port("irdma0", "Ethernet", new Gid(0, "5aa2:e100:0001:0000:0000:0000:0000:0000", ""));

        assertThatThrownBy(() -> NodeNetwork.port(List.of(iwarp), Link.ROCE, "192.168.100.1"))
                .isInstanceOfSatisfying(StrixhaloException.class, e -> {
                    var problem = e.problems().get(0);
                    assertThat(problem.what()).contains("no GID of type RoCE v2", "192.168.100.1", "TCP in silence");
                    assertThat(problem.found())
                            .containsExactly(
                                    "irdma0:1 index 0 without a type (iWARP) 5aa2:e100:0001:0000:0000:0000:0000:0000");
                });
    }

    @Test
    void twoPortsWithTheAddressAreAsBadAsNone() {
        var gid = new Gid(3, MAPPED, "RoCE v2");

        assertThatThrownBy(() -> NodeNetwork.port(
                        List.of(port("a", "Ethernet", gid), port("b", "Ethernet", gid)), Link.ROCE, "192.168.100.1"))
                .hasMessageContaining("more than one GID");
    }

    @Test
    void onInfiniBandItIsTheFirstEntryOfTheOnePort() throws Exception {
        var infiniband =
                port("mlx5_0", "InfiniBand", new Gid(0, "fe80:0000:0000:0000:0002:c903:0000:0001", "IB/RoCE v1"));

        assertThat(NodeNetwork.port(List.of(infiniband), Link.INFINIBAND, "192.168.100.1"))
                .isEqualTo(new NodeNetwork.RdmaPort("mlx5_0", 1, 0));
    }

    @Test
    void noDeviceAtAllSaysSo() {
        assertThatThrownBy(() -> NodeNetwork.port(List.of(), Link.ROCE, "192.168.100.1"))
                .isInstanceOfSatisfying(
                        StrixhaloException.class,
                        e -> assertThat(e.problems().get(0).found())
                                .containsExactly("no GID at all in /sys/class/infiniband"));
    }
}
