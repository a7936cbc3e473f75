package dev.strixhalo.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What earlier runs measured: a line of JSON for each, the last at the end, in {@code verify-history.jsonl}. Old lines go
 * when there are more than {@link #KEPT}; lines that cannot be read, of a newer version perhaps, are kept and not compared.
 */
public final class VerifyHistory {
    static final int KEPT = 200;

    private static final ObjectMapper JSON = RecordFile.json().copy().disable(SerializationFeature.INDENT_OUTPUT);

    private final Path path;

    /** @param records the folder that it lies in */
    public VerifyHistory(Path records) {
        this.path = records.resolve("verify-history.jsonl");
    }

    /**
     * A run in short.
     *
     * @param time    when it was begun
     * @param cluster its name
     * @param link    kind of the link
     * @param figures in the order of the rows
     */
    public record Run(Instant time, String cluster, String link, List<Value> figures) {
        public Run {
            figures = List.copyOf(figures);
        }

        static Run of(VerifyReport report) {
            var figures = new ArrayList<Value>();
            for (var row : report.rows()) {
                add(row, Quantity.LATENCY, row.latency(), figures);
                add(row, Quantity.BANDWIDTH, row.bandwidth(), figures);
            }
            return new Run(report.time(), report.cluster(), report.link(), figures);
        }

        private static void add(
                Row row, Quantity quantity, @org.jspecify.annotations.Nullable Figure figure, List<Value> figures) {
            if (figure != null) figures.add(new Value(row.path().id(), row.between(), quantity.text(), figure.value()));
        }
    }

    /**
     * One figure of a run.
     *
     * @param path     id of the path
     * @param between  names of the nodes
     * @param quantity {@code latency} or {@code bandwidth}
     * @param value    in the unit of the row
     */
    public record Value(String path, String between, String quantity, double value) {}

    /** The last run with this cluster and link; nothing when there is none that can be read. */
    public Optional<Run> last(String cluster, String link) throws StrixhaloException {
        Optional<Run> last = Optional.empty();
        for (var line : lines()) {
            try {
                var run = JSON.readValue(line, Run.class);
                if (run.cluster().equals(cluster) && run.link().equals(link)) last = Optional.of(run);
            } catch (JsonProcessingException e) {
                // Cut off by a full disk, or a newer version's: it is no use for a comparison.
                continue;
            }
        }
        return last;
    }

    /** Adds a run at the end. */
    public void add(VerifyReport report) throws StrixhaloException {
        var all = new ArrayList<>(lines());
        try {
            all.add(JSON.writeValueAsString(Run.of(report)));
            Files.createDirectories(path.toAbsolutePath().getParent());
            var beside = Files.createTempFile(path.toAbsolutePath().getParent(), ".verify", ".tmp");
            Files.write(beside, all.subList(Math.max(0, all.size() - KEPT), all.size()));
            Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Problem.of(path + " cannot be written.")
                    .found(e)
                    .fix("make room and the folder writable")
                    .asException(e);
        }
    }

    private List<String> lines() throws StrixhaloException {
        if (!Files.exists(path)) return List.of();
        try {
            return Files.readAllLines(path);
        } catch (IOException e) {
            throw Problem.of(path + " cannot be read.")
                    .found(e)
                    .fix("remove it; the runs that it tells of are then forgotten")
                    .asException(e);
        }
    }

    /** Sentences on what changed by more than this against a run; one sentence when nothing did. */
    public static List<String> changes(Run before, VerifyReport now, double tolerated) {
        var changes = new ArrayList<String>();
        boolean compared = false;
        for (var value : Run.of(now).figures()) {
            for (var old : before.figures()) {
                boolean same = old.path().equals(value.path())
                        && old.between().equals(value.between())
                        && old.quantity().equals(value.quantity());
                if (!same || old.value() <= 0) continue;
                compared = true;
                double change = value.value() / old.value() - 1;
                if (Math.abs(change) <= tolerated) continue;
                var where = now.nodes().size() > 2 ? " " + value.between() : "";
                changes.add("%s%s %s %+.0f %% (%s before)"
                        .formatted(value.path(), where, value.quantity(), change * 100, Figure.number(old.value())));
            }
        }
        if (!compared) return List.of();
        return changes.isEmpty()
                ? List.of("nothing changed by more than %.0f %%".formatted(tolerated * 100))
                : List.copyOf(changes);
    }
}
