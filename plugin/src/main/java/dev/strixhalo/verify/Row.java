package dev.strixhalo.verify;

import dev.strixhalo.cluster.Link;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A path between two nodes, or among all of them, and what is said of it.
 *
 * @param path      the path
 * @param title     what the screen calls it
 * @param between   names of the nodes, {@code node1 - node2}
 * @param verdict   the verdict
 * @param latency   worst of both directions; null when it was not measured
 * @param bandwidth worst of both directions; null when it was not measured
 * @param reasons   why it is not ok; or why it was not measured
 * @param fixes     what to do; never empty with {@code fail}
 * @param samples   each measurement
 * @param via       interface or RDMA port of each node, {@code node1 irdma0:1 GID 3}; empty when nothing was measured
 */
public record Row(
        LinkPath path,
        String title,
        String between,
        Verdict verdict,
        @Nullable Figure latency,
        @Nullable Figure bandwidth,
        List<String> reasons,
        List<String> fixes,
        List<Sample> samples,
        List<String> via) {
    public Row {
        reasons = List.copyOf(reasons);
        fixes = List.copyOf(fixes);
        samples = List.copyOf(samples);
        via = List.copyOf(via);
        if (verdict != Verdict.OK && reasons.isEmpty())
            throw new IllegalArgumentException(verdict + " without a reason");
        if (verdict == Verdict.FAIL && fixes.isEmpty()) throw new IllegalArgumentException("no way out of " + reasons);
    }

    /** A path that was not measured, and that is no fault. */
    static Row skip(LinkPath path, Link link, String between, String reason) {
        return new Row(
                path,
                path.title(link),
                between,
                Verdict.SKIP,
                null,
                null,
                List.of(reason),
                List.of(),
                List.of(),
                List.of());
    }

    /** A path that could not be measured. */
    static Row unmeasured(LinkPath path, Link link, String between, String reason, List<String> fixes) {
        return new Row(
                path,
                path.title(link),
                between,
                Verdict.FAIL,
                null,
                null,
                List.of("not measured: " + reason),
                fixes,
                List.of(),
                List.of());
    }

    /** The same row, measured by these interfaces or ports. */
    Row by(List<String> ways) {
        return new Row(path, title, between, verdict, latency, bandwidth, reasons, fixes, samples, ways);
    }
}
