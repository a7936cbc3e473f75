package dev.strixhalo.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.NodeDescription;
import dev.strixhalo.host.HostSamples;
import dev.strixhalo.host.Reading;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which nodes are measured against which, and whether they are who they should be. */
class VerificationTest {
    private static Cluster cluster(int nodes) throws StrixhaloException {
        var described = new ArrayList<NodeDescription>();
        for (int n = 1; n <= nodes; n++) {
            described.add(new NodeDescription("node" + n, "10.0.0.1" + n, "strix", "192.168.100." + n + "/28", null));
        }
        return Cluster.of("strix", "roce", described);
    }

    private static List<String> pairs(int count) throws StrixhaloException {
        var stands = new ArrayList<Stand>();
        try (var nodes = Nodes.here(RemoteSettings.of(Path.of("/tmp"), "nobody", Map.of("HOME", "/tmp")))) {
            var place = new Place(nodes.head(), null, Tools.parse(List.of(), List.of()));
            for (var node : cluster(count).nodes()) {
                stands.add(new Stand(
                        node,
                        HostSamples.strixHalo().facts(),
                        place,
                        null,
                        Reading.absent("none"),
                        Reading.absent("none")));
            }
        }
        return Verification.pairs(stands).stream()
                .map(pair -> pair.a().node().name() + " " + pair.b().node().name())
                .toList();
    }

    @Test
    void twoNodesAreOnePairAndMoreAreARing() throws Exception {
        assertThat(pairs(2)).containsExactly("node1 node2");
        assertThat(pairs(3)).containsExactly("node1 node2", "node2 node3", "node3 node1");
        assertThat(pairs(4)).hasSize(4).endsWith("node4 node1");
    }

    /** The names of two machines were exchanged: what answers as node1 carries the address of node2. */
    @Test
    void machinesThatSwappedTheirNamesAreRefusedAndNotMeasuredUnderThem() throws Exception {
        var cluster = cluster(2);
        var peer = HostSamples.strixHalo().factsOfThePeer();

        assertThatCode(() -> Verification.refuseSwapped(peer, cluster.nodes().get(1), cluster))
                .doesNotThrowAnyException();
        assertThatThrownBy(
                        () -> Verification.refuseSwapped(peer, cluster.nodes().get(0), cluster))
                .isInstanceOfSatisfying(StrixhaloException.class, e -> {
                    var problem = e.problems().get(0);
                    assertThat(problem.what())
                            .isEqualTo(
                                    "the machine behind this <host> carries 192.168.100.2, the fabric address of node2,"
                                            + " and not 192.168.100.1.");
                    assertThat(problem.fixes()).anyMatch(fix -> fix.contains("exchange the <host>"));
                });
    }

    /** A node that lost its address is no swapped one; its rows say what is missing. */
    @Test
    void aNodeWithoutAnyFabricAddressIsNotTakenForAnother() throws Exception {
        var cluster = cluster(2);
        var bare = HostSamples.strixHalo().with("addresses", "[]").facts();
        var unknown = HostSamples.strixHalo().ending("addresses", 124, "").facts();

        for (var facts : List.of(bare, unknown)) {
            assertThatCode(() ->
                            Verification.refuseSwapped(facts, cluster.nodes().get(0), cluster))
                    .doesNotThrowAnyException();
        }
    }
}
