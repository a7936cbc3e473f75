package dev.strixhalo.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.Program;
import dev.strixhalo.it.stage.Mismatch;
import java.util.List;
import org.junit.jupiter.api.Test;

class SaidTest {
    @Test
    void readsTheTimeOfASettledStep() throws Mismatch {
        var said = said(
                "[INFO] base    node1 pulled 1.2 GB · node2 pulled 1.2 GB                     1:58",
                "[INFO] image   node1 12 MB  (5 s so far)",
                "[INFO] image   node1 1 layer, 1.0 MB came · node2 1 layer, 1.0 MB came       0.6 s",
                "[INFO] gate    node1 the same  2:03:09");

        assertThat(Said.seconds(said, "image")).isEqualTo(0.6);
        assertThat(Said.seconds(said, "base")).isEqualTo(118);
        assertThat(Said.seconds(said, "gate")).isEqualTo(7389);
    }

    @Test
    void refusesAStepThatWasNotTaken() {
        assertThatThrownBy(() -> Said.seconds(said("[INFO] image   node1 there · node2 there"), "image"))
                .isInstanceOf(Mismatch.class)
                .hasMessageContaining("node1 there");
    }

    @Test
    void theHeapIsFullestBeforeACollectionOrAtTheEnd() throws Mismatch {
        var collections = """
                [0.006s][info][gc] Using G1
                [0.500s][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 25M->5M(64M) 3.2ms
                [0.900s][info][gc] GC(1) Pause Young (Concurrent Start) (G1 Humongous Allocation) 80M->7M(64M) 3.2ms
                """;
        var exit = "[9.0s][info][gc,heap,exit]  garbage-first heap   total 262144K, used %dK [0x00, 0x01)\n";

        assertThat(Heap.peak(collections + exit.formatted(1024))).isEqualTo(80 * 1024.0 * 1024);
        assertThat(Heap.peak(collections + exit.formatted(90 * 1024))).isEqualTo(90 * 1024.0 * 1024);
        assertThatThrownBy(() -> Heap.peak(collections)).isInstanceOf(Mismatch.class);
    }

    private static Program.Result said(String... lines) {
        return new Program.Result(List.of("mvn"), 0, List.of(lines), List.of());
    }
}
