package dev.strixhalo.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.RdmaPort.Gid;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FabricPortTest {
    private static Reading<FabricPort> of(Link link, String address) {
        return FabricPort.of(HostSamples.strixHalo().facts().rdma().find().orElseThrow(), "enp194s0np0", link, address);
    }

    private static RdmaPort infiniband(String device, String state, String... netdevs) {
        return new RdmaPort(
                device,
                1,
                state,
                "LinkUp",
                "InfiniBand",
                Set.of(netdevs),
                List.of(new Gid(0, "fe80:0000:0000:0000:0002:c903:0000:0001", "IB/RoCE v1")));
    }

    @Test
    void onRoceItIsTheOneThatHoldsTheAddressAsRoceV2() {
        assertThat(of(Link.ROCE, HostSamples.OWN).value()).isEqualTo(new FabricPort("irdma0", 1, OptionalInt.of(1)));
        assertThat(of(Link.ROCE, "192.168.100.9").reason())
                .isEqualTo("no entry of an address table holds 192.168.100.9 as RoCE v2");
        assertThat(of(Link.INFINIBAND, HostSamples.OWN).reason()).isEqualTo("there is no InfiniBand port");
    }

    @Test
    void onInfiniBandItIsTheOneOfTheInterfaceAndHasNoIndex() {
        var two = List.of(infiniband("mlx5_0", "ACTIVE", "ib0"), infiniband("mlx5_1", "ACTIVE", "ib1"));

        assertThat(FabricPort.of(two, "ib1", Link.INFINIBAND, "10.1.0.1").value())
                .isEqualTo(new FabricPort("mlx5_1", 1, OptionalInt.empty()));
        // An address on another interface tells nothing of the port, and two could be meant.
        assertThat(FabricPort.of(two, "eno1", Link.INFINIBAND, "10.1.0.1").reason())
                .isEqualTo("2 InfiniBand ports could be meant: mlx5_0:1, mlx5_1:1");
        assertThat(FabricPort.of(two.subList(0, 1), "", Link.INFINIBAND, "10.1.0.1")
                        .value())
                .isNotNull();
        assertThat(FabricPort.of(List.of(infiniband("mlx5_0", "INIT", "ib0")), "ib0", Link.INFINIBAND, "10.1.0.1")
                        .reason())
                .isEqualTo("mlx5_0:1 is INIT, LinkUp");
    }

    @Test
    void itsNamesAreThoseOfTheCountersAndOfRccl() {
        var port = new FabricPort("irdma1", 1, OptionalInt.of(3));

        assertThat(port).hasToString("irdma1:1 GID 3");
        assertThat(port.name()).isEqualTo("irdma1:1");
        // Without the sign it would be irdma10 as well.
        assertThat(port.hca()).isEqualTo("=irdma1:1");
    }
}
