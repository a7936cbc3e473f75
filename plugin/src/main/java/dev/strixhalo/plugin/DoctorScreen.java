package dev.strixhalo.plugin;

import dev.strixhalo.doctor.Area;
import dev.strixhalo.doctor.Check;
import dev.strixhalo.doctor.DoctorReport;
import dev.strixhalo.doctor.Finding;
import dev.strixhalo.doctor.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What doctor found, as lines for people: a table of all checks, then warnings, then failures with what to do. */
final class DoctorScreen {
    private static final int AREA = 10;
    private static final int ID = 19;
    private static final int VERDICT = 4;
    private static final int LABEL = 8;

    /** Nodes that have room beside each other. */
    private static final int COLUMNS = 2;

    private final boolean colour;
    private final List<String> lines = new ArrayList<>();
    private final Paragraphs paragraphs = new Paragraphs(lines, LABEL);

    private DoctorScreen(boolean colour) {
        this.colour = colour;
    }

    /** @param colour whether verdicts may be coloured */
    static List<String> lines(DoctorReport report, boolean colour) {
        var screen = new DoctorScreen(colour);
        screen.table(report);
        screen.lines.add("");
        screen.lines.add(report.counts());
        report.with(Verdict.WARN).forEach(screen::atLength);
        report.with(Verdict.FAIL).forEach(screen::atLength);
        return screen.lines;
    }

    /** One check at length. */
    static List<String> explain(Check check) {
        var screen = new DoctorScreen(false);
        screen.lines.add(check.id());
        screen.paragraphs.told("area", check.area().text());
        screen.paragraphs.told(
                "links",
                String.join(
                        ", ", check.links().stream().map(l -> l.text()).sorted().toList()));
        screen.paragraphs.told("why", check.reason());
        screen.paragraphs.told("more", check.explanation());
        screen.paragraphs.told("source", check.source());
        return screen.lines;
    }

    private void table(DoctorReport report) {
        var byCheck = new LinkedHashMap<String, Map<String, Finding>>();
        report.findings()
                .forEach(f -> byCheck.computeIfAbsent(f.check(), any -> new LinkedHashMap<>())
                        .put(f.node(), f));
        boolean beside = report.nodes().size() <= COLUMNS;
        int room = (Paragraphs.WIDTH - AREA - ID) / COLUMNS - VERDICT - 2;
        if (beside) {
            var head = new StringBuilder(" ".repeat(AREA + ID));
            for (var node : report.nodes()) head.append(Paragraphs.column(node, room + VERDICT + 2));
            lines.add(head.toString().stripTrailing());
        }
        Area last = null;
        for (var row : byCheck.values()) {
            var line = new StringBuilder();
            for (var finding : row.values()) {
                if (line.isEmpty()) {
                    line.append(Paragraphs.column(
                                    finding.area() == last ? "" : finding.area().text(), AREA))
                            .append(Paragraphs.column(finding.check(), ID));
                    last = finding.area();
                }
                if (beside) {
                    line.append(Paragraphs.column(finding.found(), room))
                            .append(' ')
                            .append(verdict(finding.verdict()))
                            .append(' ');
                } else {
                    line.append(Paragraphs.column(finding.node(), ID))
                            .append(Paragraphs.column(finding.found(), room))
                            .append(' ')
                            .append(verdict(finding.verdict()));
                    lines.add(line.toString().stripTrailing());
                    line = new StringBuilder(" ".repeat(AREA + ID));
                }
            }
            if (beside) lines.add(line.toString().stripTrailing());
        }
    }

    private void atLength(Finding finding) {
        lines.add("");
        lines.add("%s  %s  %s".formatted(verdict(finding.verdict()).strip(), finding.check(), finding.node()));
        paragraphs.told("found", finding.found());
        paragraphs.told("wanted", finding.wanted());
        paragraphs.told("why", finding.reason());
        paragraphs.fixes(finding.fixes());
    }

    private String verdict(Verdict verdict) {
        var word = verdict.text() + " ".repeat(VERDICT - verdict.text().length());
        if (!colour) return word;
        int code = switch (verdict) {
            case OK -> 32;
            case WARN -> 33;
            case FAIL -> 31;
            case SKIP -> 2;
        };
        return "\u001b[" + code + "m" + word + "\u001b[0m";
    }
}
