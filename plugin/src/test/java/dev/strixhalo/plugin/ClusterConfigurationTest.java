package dev.strixhalo.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import org.junit.jupiter.api.Test;

class ClusterConfigurationTest {
    @Test
    void everyElementReachesTheCluster() throws Exception {
        var cluster = Xml.fill(new ClusterConfiguration(), """
                        <cluster><name>lab</name><link>infiniband</link><nodes>
                          <node><name>a</name><host>h1</host><user>u</user><fabricAddress>10.1.1.1/30</fabricAddress><fabricInterface>ib0</fabricInterface></node>
                          <node><host>h2</host><fabricAddress>10.1.1.2/30</fabricAddress></node>
                        </nodes></cluster>""").toCluster();

        assertThat(cluster.name()).isEqualTo("lab");
        assertThat(cluster.link()).isEqualTo(Link.INFINIBAND);
        assertThat(cluster.head())
                .hasToString("Node[name=a, host=h1, user=u, fabric=10.1.1.1/30, fabricInterface=ib0]");
        assertThat(cluster.nodes().get(1).name()).isEqualTo("node2");
    }

    @Test
    void noClusterAtAllIsSaidWithTheWayToOne() {
        assertThatThrownBy(() -> new ClusterConfiguration().toCluster())
                .hasMessageStartingWith("There is no <cluster>")
                .isInstanceOfSatisfying(
                        StrixhaloException.class,
                        e -> assertThat(e.problems().get(0).fixes().get(0)).contains("strixhalo-maven-plugin:init"));
    }

    @Test
    void anEmptyNodeIsANodeOfWhichAllIsMissing() {
        assertThatThrownBy(() -> Xml.fill(new ClusterConfiguration(), "<cluster><nodes><node/></nodes></cluster>")
                        .toCluster())
                .hasMessage("node1: it has no <host>. node1: it has no <fabricAddress>.");
    }
}
