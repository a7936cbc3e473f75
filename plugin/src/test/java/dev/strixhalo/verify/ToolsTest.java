package dev.strixhalo.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.FabricAddress;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.HostSamples;
import dev.strixhalo.host.Reading;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteSettings;
import dev.strixhalo.verify.VerifySettings.Where;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What places have to measure with, and which place is taken. */
class ToolsTest {
    @TempDir
    Path folder;

    private Nodes nodes;

    @BeforeEach
    void connect() throws Exception {
        nodes = Nodes.connect(
                new Cluster(
                        "test",
                        Link.TCP,
                        List.of(
                                new Node("node1", "local", null, FabricAddress.LOOPBACK, null),
                                new Node("node2", "local", null, new FabricAddress(127 << 24 | 2, 8), null))),
                RemoteSettings.of(folder, System.getProperty("user.name"), Map.of("PATH", System.getenv("PATH"))));
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void whatThePlaceTellsIsRead() {
        var tools = Tools.parse(
                List.of(
                        "os debian ",
                        "tool iperf3",
                        "broken ping sh: 1: ping: Operation not permitted",
                        "option source_ip",
                        "?"),
                List.of("ended 4242 iperf3 -s -1", "other"));

        assertThat(tools.has(Tool.IPERF3)).isTrue();
        assertThat(tools.has(Tool.PING)).isFalse();
        assertThat(tools.why(Tool.PING)).isEqualTo("ping does not run (sh: 1: ping: Operation not permitted)");
        assertThat(tools.why(Tool.WRITE_BW)).isEqualTo("ib_write_bw is not installed (package perftest)");
        assertThat(Tools.parse(List.of("os fedora "), List.of()).why(Tool.PING))
                .isEqualTo("ping is not installed (package iputils)");
        assertThat(Tools.parse(List.of("os ubuntu debian"), List.of()).why(Tool.PING))
                .isEqualTo("ping is not installed (package iputils-ping)");
        assertThat(tools.options()).containsExactly("source_ip");
        assertThat(tools.ended()).containsExactly("4242 iperf3 -s -1");
    }

    @Test
    void theRealScriptFindsWhatThisMachineHas() throws Exception {
        var tools = Place.look(nodes.head(), null, "test").tools();

        assertThat(tools.programs()).contains("timeout");
        assertThat(tools.ended()).isEmpty();
    }

    @Test
    void theContainerIsTakenWhereBothHaveTheToolElseTheHost() {
        assertThat(kind(places("iperf3", "iperf3", Where.AUTO))).isEqualTo("container");
        assertThat(kind(places("iperf3", "iperf3", Where.HOST))).isEqualTo("host");
        assertThat(kind(places("ping", "iperf3", Where.AUTO))).isEqualTo("host");
        assertThat(places("ping", "iperf3", Where.CONTAINER).reason())
                .isEqualTo("node1, container: iperf3 is not installed (package iperf3);"
                        + " node2, container: iperf3 is not installed (package iperf3)");
        assertThat(kind(places(null, "iperf3", Where.AUTO))).isEqualTo("host");
        assertThat(places(null, "ping", Where.AUTO).reason())
                .isEqualTo("node1, host: iperf3 is not installed (package iperf3);"
                        + " node2, host: iperf3 is not installed (package iperf3)");
    }

    private static String kind(Reading<List<Place>> places) {
        return places.map(both -> both.get(0).kind()).fold(kind -> kind, why -> why);
    }

    private Reading<List<Place>> places(@Nullable String inContainer, String onHost, Where where) {
        return new Verification.Pair(stand(0, inContainer, onHost), stand(1, inContainer, onHost))
                .places(Tool.IPERF3, where);
    }

    private Stand stand(int index, @Nullable String inContainer, String onHost) {
        var connection = nodes.all().get(index);
        var facts = HostSamples.strixHalo().facts();
        return new Stand(
                connection.node(),
                facts,
                new Place(connection, null, Tools.parse(List.of("tool " + onHost), List.of())),
                inContainer == null
                        ? null
                        : new Place(connection, "strix-1", Tools.parse(List.of("tool " + inContainer), List.of())),
                Reading.absent("none"),
                Reading.absent("none"));
    }
}
