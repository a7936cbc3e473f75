package dev.strixhalo.rdma;

import static dev.strixhalo.rdma.RcclLog.Network.IB;
import static dev.strixhalo.rdma.RcclLog.Network.SOCKET;
import static dev.strixhalo.rdma.RcclLog.Network.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What RCCL says of its network, in the wording of its versions; where the lines come from stands in the files. */
class RcclLogTest {
    private static final String HEAD = "node1:1:2 [0] NCCL INFO ";

    @Test
    void channelsOverNetIbAreRdma() throws Exception {
        assertThat(file("rccl-2.30-roce.txt"))
                .isEqualTo(new RcclLog(IB, List.of("irdma0:1"), "Channel 00/0 : 0[0] -> 1[0] [send] via NET/IB/0"));
        assertThat(file("rccl-2.19-roce.txt"))
                .satisfies(log -> assertThat(log.network()).isEqualTo(IB))
                .satisfies(log -> assertThat(log.devices()).containsExactly("mlx5_10:1", "mlx5_11:1"));
    }

    @Test
    void theChosenNetworkIsEnoughWhereNoChannelIsTold() throws Exception {
        assertThat(file("rccl-2.8-infiniband.txt"))
                .isEqualTo(new RcclLog(IB, List.of("mlx5_3:1", "mlx5_2:1"), "Using network IB"));
    }

    @Test
    void aFallBackIsSocketThoughTheLineBeforeSpeaksOfIb() throws Exception {
        assertThat(file("rccl-2.30-fallback.txt"))
                .isEqualTo(new RcclLog(
                        SOCKET, List.of("enp194s0np0"), "Channel 00/0 : 0[0] -> 1[0] [send] via NET/Socket/0"));
    }

    @Test
    void usingRoWithoutADeviceIsNoProof() {
        assertThat(lines("NET/IB : Using [RO]; OOB fab0:192.168.100.1<0>").network())
                .isEqualTo(UNKNOWN);
        assertThat(lines("NET/IB : Using [RO]; OOB fab0:192.168.100.1<0>", "Using network IB"))
                .isEqualTo(RcclLog.unknown("RCCL says 'Using network IB', but names no device"));
    }

    @Test
    void oneChannelOverASocketSpoilsAllOthers() {
        assertThat(lines(
                                "NET/IB : Using [0]irdma0:1/RoCE; OOB fab0:192.168.100.1<0>",
                                "Channel 00/0 : 0[0] -> 1[0] [send] via NET/IB/0",
                                "Channel 00/0 : 1[0] -> 0[0] [receive] via NET/Socket/0")
                        .network())
                .isEqualTo(SOCKET);
    }

    @Test
    void mergedDevicesAreTakenApart() {
        assertThat(lines(
                                "NET/IB : Using [0]={[0] mlx5_0:1/RoCE, [1] mlx5_1:1/RoCE} [RO]; OOB fab0:1.2.3.4<0>",
                                "Using network IB")
                        .devices())
                .containsExactly("mlx5_0:1", "mlx5_1:1");
    }

    @Test
    void otherNetworksAreNamedAndNotGuessed() {
        assertThat(lines("Using network AWS Libfabric"))
                .isEqualTo(RcclLog.unknown("RCCL uses a network that we do not know: Using network AWS Libfabric"));
        assertThat(lines("NET/IB : Using [0]ionic_0:1/RoCE; OOB x:1.2.3.4<0>", "Using network IB-CAST")
                        .network())
                .isEqualTo(IB);
    }

    @Test
    void oneRankThatFellBackIsTheNodesAnswer() throws Exception {
        var roce = CountersTest.fixture("rccl-2.30-roce.txt").lines().toList();
        var fallen = CountersTest.fixture("rccl-2.30-fallback.txt").lines().toList();

        assertThat(RcclLog.of(List.of(roce, fallen)).network()).isEqualTo(SOCKET);
        assertThat(RcclLog.of(List.of(List.of(), roce)).network()).isEqualTo(IB);
    }

    @Test
    void silenceIsNoAnswer() {
        assertThat(RcclLog.of(List.of())).isEqualTo(RcclLog.unknown("RCCL wrote no log"));
        assertThat(RcclLog.of(List.of(List.of(), List.of("NCCL version 2.21.5"))))
                .isEqualTo(RcclLog.unknown("RCCL's log names no network"));
    }

    @Test
    void timesInFrontOfALineDoNotMatter() {
        assertThat(RcclLog.of(List.of(List.of("[2026-11-26 14:00:00.123] " + HEAD + "Using network Socket")))
                        .network())
                .isEqualTo(SOCKET);
    }

    private static RcclLog lines(String... messages) {
        return RcclLog.of(List.of(List.of(messages).stream().map(HEAD::concat).toList()));
    }

    private static RcclLog file(String name) throws Exception {
        return RcclLog.of(List.of(CountersTest.fixture(name).lines().toList()));
    }
}
