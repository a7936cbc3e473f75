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
    /** Of a line, behind Maven's prefix. */
    private static final int WIDTH = 100 - "[ERROR] ".length();

    private static final int AREA = 10;
    private static final int ID = 19;
    private static final int VERDICT = 4;
    private static final int LABEL = 8;

    /** Nodes that have room beside each other. */
    private static final int COLUMNS = 2;

    private final boolean colour;
    private final List<String> lines = new ArrayList<>();

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
        screen.told("area", check.area().text());
        screen.told(
                "links",
                String.join(
                        ", ", check.links().stream().map(l -> l.text()).sorted().toList()));
        screen.told("why", check.reason());
        screen.told("more", check.explanation());
        screen.told("source", check.source());
        return screen.lines;
    }

    private void table(DoctorReport report) {
        var byCheck = new LinkedHashMap<String, Map<String, Finding>>();
        report.findings()
                .forEach(f -> byCheck.computeIfAbsent(f.check(), any -> new LinkedHashMap<>())
                        .put(f.node(), f));
        boolean beside = report.nodes().size() <= COLUMNS;
        int room = (WIDTH - AREA - ID) / COLUMNS - VERDICT - 2;
        if (beside) {
            var head = new StringBuilder(" ".repeat(AREA + ID));
            for (var node : report.nodes()) head.append(column(node, room + VERDICT + 2));
            lines.add(head.toString().stripTrailing());
        }
        Area last = null;
        for (var row : byCheck.values()) {
            var line = new StringBuilder();
            for (var finding : row.values()) {
                if (line.isEmpty()) {
                    line.append(column(
                                    finding.area() == last ? "" : finding.area().text(), AREA))
                            .append(column(finding.check(), ID));
                    last = finding.area();
                }
                if (beside) {
                    line.append(column(finding.found(), room))
                            .append(' ')
                            .append(verdict(finding.verdict()))
                            .append(' ');
                } else {
                    line.append(column(finding.node(), ID))
                            .append(column(finding.found(), room))
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
        told("found", finding.found());
        told("wanted", finding.wanted());
        told("why", finding.reason());
        String label = "fix";
        for (var fix : finding.fixes()) {
            for (var line : fix.split("\n")) {
                // A line to paste is not broken, however long it is.
                lines.add(label(label) + line);
                label = "";
            }
            label = "or";
        }
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
        return " ".repeat(VERDICT + 2) + column(label, LABEL);
    }

    private String verdict(Verdict verdict) {
        var word = column(verdict.text(), VERDICT);
        if (!colour) return word;
        int code = switch (verdict) {
            case OK -> 32;
            case WARN -> 33;
            case FAIL -> 31;
            case SKIP -> 2;
        };
        return "\u001b[" + code + "m" + word + "\u001b[0m";
    }

    /** A text of just this width, with a blank after it at least. */
    private static String column(String text, int width) {
        var clean = text.replaceAll("\\p{Cntrl}", "?");
        if (clean.length() >= width && width > VERDICT) clean = clean.substring(0, width - 2) + "…";
        return clean + " ".repeat(Math.max(0, width - clean.length()));
    }
}
