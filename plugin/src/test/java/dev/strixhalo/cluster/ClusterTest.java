package dev.strixhalo.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterTest {
    private static final NodeDescription ONE = node("node1", "10.0.0.11", "192.168.100.1/30");
    private static final NodeDescription TWO = node("node2", "10.0.0.12", "192.168.100.2/30");

    @Test
    void aClusterIsWhatWasWritten() throws StrixhaloException {
        var cluster = Cluster.of("lab", " tcp ", List.of(ONE, TWO));

        assertThat(cluster.name()).isEqualTo("lab");
        assertThat(cluster.link()).isEqualTo(Link.TCP);
        assertThat(cluster.link().rdma()).isFalse();
        assertThat(cluster.head().name()).isEqualTo("node1");
        assertThat(cluster.nodes().get(1).fabric()).hasToString("192.168.100.2/30");
    }

    @Test
    void whatIsLeftOutHasTheGuidesValue() throws StrixhaloException {
        var cluster = Cluster.of(null, null, List.of(node(null, "local", "192.168.100.1/30")));

        assertThat(cluster.name()).isEqualTo("strix");
        assertThat(cluster.link()).isEqualTo(Link.ROCE);
        assertThat(cluster.head().name()).isEqualTo("node1");
        assertThat(cluster.head().local()).isTrue();
        assertThat(cluster.head().user()).isNull();
    }

    @Test
    void threeNodesOfOneNetworkAreACluster() throws StrixhaloException {
        var cluster = Cluster.of(
                null,
                null,
                List.of(
                        node("a", "a", "192.168.100.1/29"),
                        node("b", "b", "192.168.100.2/29"),
                        node("c", "c", "192.168.100.3/29")));

        assertThat(cluster.nodes()).hasSize(3);
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        var problems = problems("Lab!", "wifi", node(null, null, "192.168.100.1"), node("b", "x y", null));

        assertThat(problems)
                .extracting(Problem::sentence)
                .containsExactly(
                        "The cluster's <name> is 'Lab!'.",
                        "<link> is 'wifi', which is no kind of link.",
                        "node1: it has no <host>.",
                        "node1: <fabricAddress> is '192.168.100.1', which is no IPv4 address with a prefix.",
                        "b: its <host> 'x y' is no host name.",
                        "b: it has no <fabricAddress>.");
        assertThat(problems).allSatisfy(problem -> assertThat(problem.fixes()).isNotEmpty());
    }

    @Test
    void aClusterWithoutNodesIsNone() {
        assertThat(problems(null, null))
                .singleElement()
                .extracting(Problem::what)
                .isEqualTo("<cluster> names no <node>.");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-a", "a-", "A", "a_b", "a b", "ä", "0123456789012345678901234567890123456789a", "../x"})
    void aNameThatPodmanCouldNotUseIsRefused(String name) {
        assertThat(problems(name, null, ONE, TWO))
                .singleElement()
                .extracting(Problem::what)
                .asString()
                .contains("<name>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"strix@10.0.0.11", "-oProxyCommand=x", "a b", "a/b", "ssh://a", "a\nb"})
    void aHostThatIsNoHostIsRefused(String host) {
        assertThat(problems(null, null, node("a", host, "192.168.100.1/30")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.sentence()).startsWith("a: its <host>"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-l", "a b", "1a", "root;id"})
    void aUserThatIsNoLoginNameIsRefused(String user) {
        var node = new NodeDescription("a", "h", user, "192.168.100.1/30", null);

        assertThat(problems(null, null, node))
                .singleElement()
                .extracting(Problem::what)
                .asString()
                .contains("<user>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "enp194s0np0-much-too-long", "a b", "a/b", "eth0:1"})
    void anInterfaceThatTheKernelWouldNotNameSoIsRefused(String device) {
        var node = new NodeDescription("a", "h", null, "192.168.100.1/30", device);

        assertThat(problems(null, null, node))
                .singleElement()
                .extracting(Problem::what)
                .asString()
                .contains("<fabricInterface>");
    }

    @Test
    void twoNodesWithOneFabricAddressAreRefused() {
        assertThat(problems(null, null, ONE, node("node2", "10.0.0.12", "192.168.100.1/30")))
                .singleElement()
                .extracting(Problem::what)
                .isEqualTo("node1 and node2 have the same <fabricAddress> 192.168.100.1/30.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.168.101.2/30", "192.168.100.5/30", "192.168.100.2/24"})
    void nodesInDifferentNetworksAreRefused(String address) {
        assertThat(problems(null, null, ONE, node("node2", "10.0.0.12", address)))
                .singleElement()
                .satisfies(problem -> assertThat(problem.what())
                        .contains("node1 (192.168.100.1/30, network 192.168.100.0/30)", address, "different networks"));
    }

    @Test
    void twoNodesOnOneMachineOrOfOneNameAreRefused() {
        assertThat(problems(null, null, ONE, node("node1", "10.0.0.11", "192.168.100.2/30")))
                .extracting(Problem::what)
                .containsExactly("Two nodes are named 'node1'.", "node1 and node1 have the same <host> 10.0.0.11.");
    }

    @Test
    void theFabricIsNotTheLan() {
        assertThat(problems(null, null, node("a", "192.168.100.1", "192.168.100.1/30")))
                .singleElement()
                .extracting(Problem::what)
                .asString()
                .startsWith("its <host> is its <fabricAddress>");
    }

    @ParameterizedTest
    @CsvSource({
        "192.168.100.0/30, network address",
        "192.168.100.3/30, broadcast address",
        "192.168.100.256/30, more than 255",
        "192.168.100.1/32, outside 8 to 31",
        "192.168.100.1/7, outside 8 to 31",
        "fe80::1/64, no IPv4 address",
        "192.168.100.1/, no IPv4 address",
        "999999999999.1.1.1/30, no IPv4 address",
    })
    void anAddressThatNoNodeCanHaveIsRefused(String address, String why) {
        assertThat(problems(null, null, node("a", "h", address)))
                .singleElement()
                .extracting(Problem::what)
                .asString()
                .contains(why);
    }

    @Test
    void inAPrefixOf31BothAddressesAreNodes() throws StrixhaloException {
        var cluster = Cluster.of(null, null, List.of(node("a", "a", "10.1.1.0/31"), node("b", "b", "10.1.1.1/31")));

        assertThat(cluster.nodes()).hasSize(2);
    }

    private static NodeDescription node(@Nullable String name, @Nullable String host, @Nullable String address) {
        return new NodeDescription(name, host, null, address, null);
    }

    private static List<Problem> problems(@Nullable String name, @Nullable String link, NodeDescription... nodes) {
        try {
            throw new AssertionError("accepted: " + Cluster.of(name, link, List.of(nodes)));
        } catch (StrixhaloException e) {
            return e.problems();
        }
    }
}
