package dev.strixhalo.verify;

import dev.strixhalo.base.RecordFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was measured, and what is said of it; the record {@code verify.json}.
 *
 * @param cluster     its name
 * @param link        {@code roce}, {@code infiniband} or {@code tcp}
 * @param time        when it was begun
 * @param seconds     that it took
 * @param nodes       names, in the order of the cluster
 * @param rows        in the order of the screen
 * @param timesFaster how many times RDMA's latency is below that of TCP on the same card; 0 when one of them is unknown
 * @param allReduce   among all nodes; null when it was not measured
 * @param notes       what else was noticed
 */
public record VerifyReport(
        String cluster,
        String link,
        Instant time,
        long seconds,
        List<String> nodes,
        List<Row> rows,
        double timesFaster,
        @Nullable AllReduce allReduce,
        List<String> notes) {
    public VerifyReport {
        nodes = List.copyOf(nodes);
        rows = List.copyOf(rows);
        notes = List.copyOf(notes);
    }

    /** Where it is written. */
    public static RecordFile<VerifyReport> file(Path records) {
        return new RecordFile<>(records.resolve("verify.json"), "strixhalo.verify", 1, VerifyReport.class, "verify");
    }

    /** The rows with this verdict. */
    public List<Row> with(Verdict verdict) {
        return rows.stream().filter(row -> row.verdict() == verdict).toList();
    }

    /** The first row of a path. */
    public Optional<Row> row(LinkPath path) {
        return rows.stream().filter(row -> row.path() == path).findFirst();
    }

    /** {@code 3 ok · 1 warn · 0 fail · 0 skip}. */
    public String counts() {
        return "%d ok · %d warn · %d fail · %d skip"
                .formatted(
                        with(Verdict.OK).size(),
                        with(Verdict.WARN).size(),
                        with(Verdict.FAIL).size(),
                        with(Verdict.SKIP).size());
    }
}
