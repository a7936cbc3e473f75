package dev.strixhalo.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What rank 0 of the all-reduce prints. */
class AllReduceRunTest {
    /** Real output of two network namespaces with torch 2.13.0, its largest size left out. */
    private static final List<String> GLOO = List.of(
            "{\"event\": \"port\", \"port\": 34667}",
            "[W1126 15:58:53.730917525 socket.cpp:207] [c10d] The hostname of the client socket cannot be retrieved. err=-3",
            "{\"event\": \"about\", \"backend\": \"gloo\", \"device\": \"cpu\", \"torch\": \"2.13.0+cu130\"}",
            "{\"event\": \"size\", \"bytes\": 16384, \"median_us\": 642.1, \"rounds\": 200, \"wrong\": 0}",
            "{\"event\": \"size\", \"bytes\": 20480, \"median_us\": 865.7, \"rounds\": 200, \"wrong\": 0}",
            "{\"event\": \"done\"}");

    @Test
    void sizesAreReadAndOtherLinesAreNot() {
        var result = Objects.requireNonNull(AllReduceRun.parse(GLOO, List.of()).value());

        assertThat(result.backend()).isEqualTo("gloo");
        assertThat(result.sizes())
                .containsExactly(new AllReduce.Size(16384, 642.1, 200, 0), new AllReduce.Size(20480, 865.7, 200, 0));
        assertThat(result.transports()).isEmpty();
    }

    @Test
    void rcclsOwnLinesTellTheTransport() {
        // The form of NCCL_DEBUG=INFO; "Using [RO]" is what it says right before it falls back.
        var lines = new ArrayList<>(GLOO);
        lines.add(1, "node1:41:77 [0] NCCL INFO NET/IB : Using [RO]; OOB enp194s0np0:192.168.100.1<0>");
        assertThat(AllReduceRun.parse(lines, List.of()).value())
                .satisfies(r -> assertThat(r.transports()).isEmpty());
        lines.add(2, "node1:41:77 [0] NCCL INFO Channel 00/0 : 1[0] -> 0[0] [receive] via NET/Socket/0");
        assertThat(AllReduceRun.parse(lines, List.of()).value())
                .satisfies(r -> assertThat(r.transports()).containsExactly("NET/Socket"));
    }

    @Test
    void aRunThatDoesNotComeToItsEndIsNoMeasurement() {
        assertThat(AllReduceRun.parse(GLOO.subList(0, 5), List.of()).reason())
                .startsWith("it ended before its time: {\"event\": \"size\"");
        assertThat(AllReduceRun.parse(
                                List.of("{\"event\": \"failed\", \"why\": \"DistNetworkError: timed out\"}"),
                                List.of("node2: RuntimeError: no route"))
                        .reason())
                .isEqualTo("DistNetworkError: timed out; node2: RuntimeError: no route");
        assertThat(AllReduceRun.parse(List.of(), List.of()).reason()).isEqualTo("it ended before its time");
    }
}
