package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.RecordFile;
import org.junit.jupiter.api.Test;

/** What {@code ray status} of Ray 2.60 printed on the bed. */
class RayStatusTest {
    private static final String TWO = """
            ======== Autoscaler status: 2026-11-23 18:41:09.010823 ========
            Node status
            ---------------------------------------------------------------
            Active:
             1 node_266603bbb868442183d3d07fa294db54bb5b32cd422323265b8b07e9
             1 node_eec3b4ea1428163b322fb0fe0c2128a72a881453fac8bba2b86179e9
            Pending:
             (no pending nodes)
            Recent failures:
             1 node_0000b4ea1428163b322fb0fe0c2128a72a881453fac8bba2b86179e9

            Resources
            ---------------------------------------------------------------
            Total Usage:
             0.0/4.0 CPU
             2.0/2.0 GPU (2.0 used of 2.0 reserved in placement groups)
             0B/44.87GiB memory""";

    @Test
    void activeNodesAndDeclaredGpusAreCounted() {
        assertThat(parse(TWO)).contains(new RayStatus(2, "2.0"));
    }

    @Test
    void aRayThatHasNoStatusYetIsNone() {
        assertThat(parse("No cluster status. It may take a few seconds for the Ray internal services to start up."))
                .isEmpty();
    }

    private static java.util.Optional<RayStatus> parse(String text) {
        var lines = RecordFile.json().createArrayNode();
        text.lines().forEach(lines::add);
        return RayStatus.parse(lines);
    }
}
