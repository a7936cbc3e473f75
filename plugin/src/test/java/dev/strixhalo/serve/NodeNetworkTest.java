package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.FabricPort;
import dev.strixhalo.host.RdmaPort;
import dev.strixhalo.host.RdmaPort.Gid;
import java.util.List;
import java.util.OptionalInt;
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

        assertThat(NodeNetwork.port(ports, "enp194s0np0", Link.ROCE, "192.168.100.1"))
                .isEqualTo(new FabricPort("irdma0", 1, OptionalInt.of(3)));
    }

    @Test
    void aCardInIwarpModeIsAnErrorThatShowsItsTable() {
        var iwarp = port("irdma0", "Ethernet", new Gid(0, "5aa2:e100:0001:0000:0000:0000:0000:0000", ""));

        assertThatThrownBy(() -> NodeNetwork.port(List.of(iwarp), "enp194s0np0", Link.ROCE, "192.168.100.1"))
                .isInstanceOfSatisfying(StrixhaloException.class, e -> {
                    var problem = e.problems().get(0);
                    assertThat(problem.what())
                            .contains("no RDMA port for the fabric address 192.168.100.1", "TCP in silence");
                    assertThat(problem.found())
                            .containsExactly(
                                    "no entry of an address table holds 192.168.100.1 as RoCE v2",
                                    "irdma0:1 index 0 without a type (iWARP) 5aa2:e100:0001:0000:0000:0000:0000:0000");
                });
    }

    @Test
    void twoPortsWithTheAddressAreAsBadAsNone() {
        var gid = new Gid(3, MAPPED, "RoCE v2");

        assertThatThrownBy(() -> NodeNetwork.port(
                        List.of(port("a", "Ethernet", gid), port("b", "Ethernet", gid)),
                        "enp194s0np0",
                        Link.ROCE,
                        "192.168.100.1"))
                .isInstanceOfSatisfying(
                        StrixhaloException.class,
                        e -> assertThat(e.problems().get(0).found())
                                .contains(
                                        "2 entries of the address tables hold 192.168.100.1 as RoCE v2: a:1 GID 3, b:1 GID 3"));
    }

    @Test
    void aPortThatIsDownWouldFallBackToo() {
        var down = new RdmaPort(
                "irdma0",
                1,
                "DOWN",
                "Disabled",
                "Ethernet",
                Set.of("enp194s0np0"),
                List.of(new Gid(3, MAPPED, "RoCE v2")));

        assertThatThrownBy(() -> NodeNetwork.port(List.of(down), "enp194s0np0", Link.ROCE, "192.168.100.1"))
                .isInstanceOfSatisfying(
                        StrixhaloException.class,
                        e -> assertThat(e.problems().get(0).found()).contains("irdma0:1 is DOWN, Disabled"));
    }

    @Test
    void onInfiniBandItIsTheOnePortAndNoEntryOfATable() throws Exception {
        var infiniband =
                port("mlx5_0", "InfiniBand", new Gid(0, "fe80:0000:0000:0000:0002:c903:0000:0001", "IB/RoCE v1"));

        assertThat(NodeNetwork.port(List.of(infiniband), "enp194s0np0", Link.INFINIBAND, "192.168.100.1"))
                .isEqualTo(new FabricPort("mlx5_0", 1, OptionalInt.empty()));
    }

    @Test
    void noDeviceAtAllSaysSo() {
        assertThatThrownBy(() -> NodeNetwork.port(List.of(), "enp194s0np0", Link.ROCE, "192.168.100.1"))
                .isInstanceOfSatisfying(
                        StrixhaloException.class,
                        e -> assertThat(e.problems().get(0).found())
                                .containsExactly("there is no verbs device", "no GID at all in /sys/class/infiniband"));
    }
}
