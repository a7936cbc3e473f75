package dev.strixhalo.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.cluster.NodeDescription;
import dev.strixhalo.verify.Limits;
import dev.strixhalo.verify.LinkPath;
import dev.strixhalo.verify.VerifySettings;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The element {@code <verify>}. */
class VerifyConfigurationTest {
    private final VerifyConfiguration configuration = new VerifyConfiguration();

    private static Cluster cluster(String link) throws StrixhaloException {
        return Cluster.of(
                null,
                link,
                List.of(
                        new NodeDescription(null, "10.0.0.11", null, "192.168.100.1/30", null),
                        new NodeDescription(null, "10.0.0.12", null, "192.168.100.2/30", null)));
    }

    @Test
    void withoutItTheGuidesLimitsHold() throws Exception {
        assertThat(configuration.toSettings(cluster("roce")))
                .isEqualTo(new VerifySettings(
                        VerifySettings.Where.AUTO, Map.of(), Set.of(), 5, 0, Limits.standard(Link.ROCE)));
        assertThat(configuration.toSettings(cluster("tcp")).limits().rdmaLatencyFailMicros())
                .isZero();
    }

    @Test
    void eachValueComesToItsPlace() throws Exception {
        set("where", "host");
        set("lanAddresses", Map.of("node2", "10.0.0.12"));
        set("skipPaths", List.of("lan", " all-reduce "));
        set("seconds", 10);
        set("rdmaRounds", 50);
        int i = 1;
        for (var name : List.of(
                "lanLatencyWarnMillis",
                "lanBandwidthWarnGigabits",
                "tcpLatencyWarnMillis",
                "tcpBandwidthWarnGigabits",
                "rdmaLatencyWarnMicros",
                "rdmaLatencyFailMicros",
                "rdmaBandwidthWarnGigabits",
                "rdmaBandwidthFailGigabits",
                "leastTimesFaster",
                "allReduceFailMicros")) set(name, (double) i++);

        assertThat(configuration.toSettings(cluster("roce")))
                .isEqualTo(new VerifySettings(
                        VerifySettings.Where.HOST,
                        Map.of("node2", "10.0.0.12"),
                        Set.of(LinkPath.LAN, LinkPath.ALL_REDUCE),
                        10,
                        50,
                        new Limits(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)));
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() throws Exception {
        set("where", "moon");
        set("lanAddresses", Map.of("node3", "10.0.0.13"));
        set("skipPaths", List.of("wan"));
        set("seconds", 61);
        set("rdmaRounds", 4);
        set("leastTimesFaster", -1.0);

        assertThatThrownBy(() -> configuration.toSettings(cluster("roce")))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContainingAll(
                        "<where> of <verify> is 'moon'.",
                        "<lanAddresses> of <verify> names 'node3', which is no node.",
                        "<skipPaths> of <verify> names 'wan', which is no path.",
                        "<seconds> of <verify> is 61.",
                        "<rdmaRounds> of <verify> is 4.",
                        "<leastTimesFaster> of <verify> is -1.0.");
        set("lanAddresses", Map.of("node2", "-x"));
        assertThatThrownBy(() -> configuration.toSettings(cluster("roce")))
                .hasMessageContaining("<lanAddresses> of <verify> gives node2 '-x', which is no address.");
    }

    private void set(String name, Object value) throws ReflectiveOperationException {
        var field = VerifyConfiguration.class.getDeclaredField(name);
        field.setAccessible(true);
        field.set(configuration, value);
    }
}
