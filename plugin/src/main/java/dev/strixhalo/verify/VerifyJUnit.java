package dev.strixhalo.verify;

import dev.strixhalo.base.JUnitXml;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;

/** A report in the form that CI servers show as tests: one test for each row. */
public final class VerifyJUnit {
    private VerifyJUnit() {}

    /**
     * Writes {@code TEST-strixhalo-verify.xml}, whole or not at all.
     *
     * @param records the folder for it
     */
    public static void write(VerifyReport report, Path records) throws StrixhaloException {
        suite(report).write(records);
    }

    static JUnitXml suite(VerifyReport report) {
        var suite = new JUnitXml("strixhalo-verify", report.time());
        for (var row : report.rows()) {
            var type = "strixhalo.verify." + row.between().replace(" ", "");
            var name = row.path().id();
            var reasons = String.join("\n", row.reasons());
            var words = new StringBuilder(measured(row)).append(reasons);
            row.fixes().forEach(fix -> words.append("\nfix     ").append(fix));
            switch (row.verdict()) {
                case OK -> suite.passed(type, name, measured(row));
                case WARN -> suite.passed(type, name, "warn\n" + words);
                case SKIP -> suite.skipped(type, name, reasons);
                case FAIL -> suite.failed(type, name, row.reasons().get(0), name, words.toString());
            }
        }
        return suite;
    }

    private static String measured(Row row) {
        var text = new StringBuilder();
        for (var sample : row.samples()) {
            var value = sample.value();
            text.append("%s %s to %s  %s  (%s, %s)%n"
                    .formatted(
                            sample.quantity().text(),
                            sample.from(),
                            sample.to(),
                            value == null ? sample.reason() : Figure.number(value) + " " + sample.unit(),
                            sample.tool(),
                            sample.place()));
        }
        return text.toString().replace(System.lineSeparator(), "\n");
    }
}
