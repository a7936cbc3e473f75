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
    private static final int PATH = 22;
    private static final int VALUE = 16;
    private static final int EXPECTED = 14;
    private static final int LABEL = 10;

    /** A change below this share is noise. */
    private static final double TOLERATED = 0.1;

    private static final DateTimeFormatter WHEN = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private final Limits limits;
    private final boolean colour;
    private final List<String> lines = new ArrayList<>();
    private final Paragraphs paragraphs = new Paragraphs(lines, LABEL);

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
        for (var note : report.notes()) screen.paragraphs.told("note", note);
        screen.lines.add("");
        screen.lines.add("%s, in %d s".formatted(report.counts(), report.seconds()));
        return screen.lines;
    }

    private void table(VerifyReport report) {
        lines.add(Paragraphs.column("Path", PATH)
                + Paragraphs.column("Latency", VALUE)
                + Paragraphs.column("expected", EXPECTED)
                + Paragraphs.column("Bandwidth", VALUE)
                + Paragraphs.column("expected", EXPECTED)
                + "verdict");
        String last = "";
        boolean many = report.nodes().size() > 2;
        for (var row : report.rows()) {
            if (many && !row.between().equals(last)) lines.add(row.between());
            last = row.between();
            lines.add(Paragraphs.column(row.title(), PATH)
                    + Paragraphs.column(value(row.latency()), VALUE)
                    + Paragraphs.column(expectedLatency(row, report.allReduce()), EXPECTED)
                    + Paragraphs.column(bandwidth(row, report.allReduce()), VALUE + EXPECTED)
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
            return Paragraphs.column(value(row.bandwidth()), VALUE) + expected(row.bandwidth(), false);
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
        paragraphs.told("since", when + ": " + String.join("; ", changes));
    }

    private void atLength(Row row, boolean many) {
        lines.add("");
        lines.add("%s  %s%s".formatted(verdict(row.verdict()), row.path().id(), many ? "  " + row.between() : ""));
        for (var reason : row.reasons()) paragraphs.told(row.verdict() == Verdict.SKIP ? "why" : "found", reason);
        if (row.samples().stream().anyMatch(sample -> sample.value() != null)) {
            paragraphs.told(
                    "measured",
                    row.samples().stream().map(VerifyScreen::measured).collect(Collectors.joining("; ")));
        }
        paragraphs.fixes(row.fixes());
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
}
