package dev.strixhalo.plugin;

import dev.strixhalo.verify.AllReduce;
import dev.strixhalo.verify.Figure;
import dev.strixhalo.verify.Limits;
import dev.strixhalo.verify.LinkPath;
import dev.strixhalo.verify.Row;
import dev.strixhalo.verify.Sample;
import dev.strixhalo.verify.Verdict;
import dev.strixhalo.verify.VerifyHistory;
import dev.strixhalo.verify.VerifyReport;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What verify measured, as lines for people: the guide's table, then what is wrong and what to do, then what changed. */
final class VerifyScreen {
    /** Of a line, behind Maven's prefix. */
    private static final int WIDTH = 100 - "[ERROR] ".length();

    private static final int PATH = 22;
    private static final int VALUE = 16;
    private static final int EXPECTED = 14;
    private static final int LABEL = 14;

    /** A change below this share is noise. */
    private static final double TOLERATED = 0.1;

    private static final DateTimeFormatter WHEN = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private final Limits limits;
    private final boolean colour;
    private final List<String> lines = new ArrayList<>();

    private VerifyScreen(Limits limits, boolean colour) {
        this.limits = limits;
        this.colour = colour;
    }

    /**
     * @param before the run before this one
     * @param zone   of the reader's clock
     * @param colour whether verdicts may be coloured
     */
    static List<String> lines(
            VerifyReport report, Optional<VerifyHistory.Run> before, Limits limits, ZoneId zone, boolean colour) {
        var screen = new VerifyScreen(limits, colour);
        screen.table(report);
        if (report.timesFaster() >= 1) {
            screen.lines.add("RDMA is %s times faster to answer than TCP on the same NIC."
                    .formatted(Figure.number(report.timesFaster())));
        } else if (report.timesFaster() > 0) {
            screen.lines.add("RDMA is %s times slower to answer than TCP on the same NIC."
                    .formatted(Figure.number(1 / report.timesFaster())));
        }
        before.ifPresent(run -> screen.changes(run, report, zone));
        for (var row : report.rows()) {
            if (row.verdict() != Verdict.OK) screen.atLength(row, report.nodes().size() > 2);
        }
        for (var note : report.notes()) screen.told("note", note);
        screen.lines.add("");
        screen.lines.add("%s, in %d s".formatted(report.counts(), report.seconds()));
        return screen.lines;
    }

    private void table(VerifyReport report) {
        lines.add(column("Path", PATH)
                + column("Latency", VALUE)
                + column("expected", EXPECTED)
                + column("Bandwidth", VALUE)
                + column("expected", EXPECTED)
                + "verdict");
        String last = "";
        boolean many = report.nodes().size() > 2;
        for (var row : report.rows()) {
            if (many && !row.between().equals(last)) lines.add(row.between());
            last = row.between();
            lines.add(column(row.title(), PATH)
                    + column(value(row.latency()), VALUE)
                    + column(expectedLatency(row, report.allReduce()), EXPECTED)
                    + column(bandwidth(row, report.allReduce()), VALUE + EXPECTED)
                    + verdict(row.verdict()));
        }
    }

    private String expectedLatency(Row row, @Nullable AllReduce allReduce) {
        if (row.path() != LinkPath.ALL_REDUCE) return expected(row.latency(), true);
        boolean limited = allReduce != null && allReduce.backend().equals("nccl") && limits.allReduceFailMicros() > 0;
        return limited ? "≤ %s us".formatted(Figure.number(limits.allReduceFailMicros())) : "";
    }

    /** With what is expected beside it; of an all-reduce, whether its data was right. */
    private static String bandwidth(Row row, @Nullable AllReduce allReduce) {
        if (row.path() != LinkPath.ALL_REDUCE || allReduce == null) {
            return column(value(row.bandwidth()), VALUE) + expected(row.bandwidth(), false);
        }
        boolean right = allReduce.sizes().stream().allMatch(size -> size.wrong() == 0);
        boolean onGpus = allReduce.backend().equals("nccl");
        return (right ? "data right" : "DATA WRONG") + (onGpus ? "" : ", " + allReduce.backend());
    }

    private static String value(@Nullable Figure figure) {
        return figure == null ? "-" : Figure.number(figure.value()) + " " + figure.unit();
    }

    /** As in the guide's table: a latency with its unit, a bandwidth without. */
    private static String expected(@Nullable Figure figure, boolean unit) {
        if (figure == null || figure.expected() == 0) return "";
        return Figure.number(figure.expected()) + (unit ? " " + figure.unit() : "");
    }

    private void changes(VerifyHistory.Run before, VerifyReport report, ZoneId zone) {
        var changes = VerifyHistory.changes(before, report, TOLERATED);
        if (changes.isEmpty()) return;
        var when = WHEN.format(before.time().atZone(zone));
        told("since", when + ": " + String.join("; ", changes));
    }

    private void atLength(Row row, boolean many) {
        lines.add("");
        lines.add("%s  %s%s".formatted(verdict(row.verdict()), row.path().id(), many ? "  " + row.between() : ""));
        for (var reason : row.reasons()) told(row.verdict() == Verdict.SKIP ? "why" : "found", reason);
        if (row.samples().stream().anyMatch(sample -> sample.value() != null)) {
            told("measured", row.samples().stream().map(VerifyScreen::measured).collect(Collectors.joining("; ")));
        }
        String label = "fix";
        for (var fix : row.fixes()) {
            // A line to paste is not broken, however long it is.
            lines.add(label(label) + fix);
            label = "or";
        }
    }

    private static String measured(Sample sample) {
        var value = sample.value();
        return "%s %s to %s %s"
                .formatted(
                        sample.quantity().text(),
                        sample.from(),
                        sample.to(),
                        value == null ? "-" : Figure.number(value) + " " + sample.unit());
    }

    private void told(String label, String text) {
        var line = new StringBuilder(label(label));
        int indent = line.length();
        for (var word : text.strip().split("\\s+")) {
            if (line.length() > indent && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(indent));
            }
            if (line.length() > indent) line.append(' ');
            line.append(word);
        }
        lines.add(line.toString());
    }

    private static String label(String label) {
        return "      " + column(label, LABEL - 4);
    }

    private String verdict(Verdict verdict) {
        if (!colour) return verdict.text();
        int code = switch (verdict) {
            case OK -> 32;
            case WARN -> 33;
            case FAIL -> 31;
            case SKIP -> 2;
        };
        return "\u001b[" + code + "m" + verdict.text() + "\u001b[0m";
    }

    /** A text of just this width, with a blank after it at least. */
    private static String column(String text, int width) {
        var clean = text.replaceAll("\\p{Cntrl}", "?");
        if (clean.length() >= width) clean = clean.substring(0, width - 2) + "…";
        return clean + " ".repeat(Math.max(0, width - clean.length()));
    }
}
