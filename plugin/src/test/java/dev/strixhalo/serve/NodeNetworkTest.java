package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeNetworkTest {
    private static final String MAPPED = "0000:0000:0000:0000:0000:ffff:c0a8:6401";

    @Test
    void theGidOfTheFabricAddressIsFoundWhereverItStands() throws Exception {
        var table = List.of(
                "irdma0|1|0|Ethernet|IB/RoCE v1|enp194s0np0|fe80:0000:0000:0000:5aa2:e1ff:fe00:0001",
                "irdma0|1|1|Ethernet|RoCE v2|enp194s0np0|fe80:0000:0000:0000:5aa2:e1ff:fe00:0001",
                "irdma0|1|2|Ethernet|IB/RoCE v1|enp194s0np0|" + MAPPED,
                "irdma0|1|3|Ethernet|RoCE v2|enp194s0np0|" + MAPPED,
                "irdma1|1|1|Ethernet|RoCE v2|enp194s0np1|0000:0000:0000:0000:0000:ffff:0a00:0001");

        assertThat(NodeNetwork.port(table, Link.ROCE, "192.168.100.1"))
                .isEqualTo(new NodeNetwork.RdmaPort("irdma0", 1, 3));
    }

    @Test
    void aCardInIwarpModeIsAnErrorThatShowsItsTable() {
        var table = List.of("irdma0|1|0|Ethernet|none|enp194s0np0|5aa2:e100:0001:0000:0000:0000:0000:0000");

        assertThatThrownBy(() -> NodeNetwork.port(table, Link.ROCE, "192.168.100.1"))
                .isInstanceOfSatisfying(StrixhaloException.class, e -> {
                    var problem = e.problems().get(0);
                    assertThat(problem.what()).contains("no GID of type RoCE v2", "192.168.100.1", "TCP in silence");
                    assertThat(problem.found()).containsExactlyElementsOf(table);
                });
    }

    @Test
    void twoPortsWithTheAddressAreAsBadAsNone() {
        var entry = "|1|3|Ethernet|RoCE v2|x|" + MAPPED;
        assertThatThrownBy(() -> NodeNetwork.port(List.of("a" + entry, "b" + entry), Link.ROCE, "192.168.100.1"))
                .hasMessageContaining("more than one GID");
    }

    @Test
    void onInfiniBandItIsTheFirstEntryOfTheOnePort() throws Exception {
        var table = List.of("mlx5_0|1|0|InfiniBand|IB/RoCE v1|ib0|fe80:0000:0000:0000:0002:c903:0000:0001");

        assertThat(NodeNetwork.port(table, Link.INFINIBAND, "192.168.100.1"))
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
