package dev.strixhalo.doctor;

import dev.strixhalo.base.JUnitXml;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;

/**
 * A report in the form that CI servers show as tests: one test for each check and node. A failure is a failed test, a skip a
 * skipped one, a warning a passed one that says so on its standard output.
 */
public final class JUnitReport {
    private JUnitReport() {}

    /**
     * Writes {@code TEST-strixhalo-doctor.xml}, whole or not at all.
     *
     * @param records the folder for it
     */
    public static void write(DoctorReport report, Path records) throws StrixhaloException {
        suite(report).write(records);
    }

    static String text(DoctorReport report) {
        return suite(report).text();
    }

    private static JUnitXml suite(DoctorReport report) {
        var suite = new JUnitXml("strixhalo-doctor", report.time());
        for (var finding : report.findings()) {
            var type = "strixhalo.doctor." + finding.node();
            var name = finding.check();
            switch (finding.verdict()) {
                case OK -> suite.passed(type, name, "");
                case SKIP -> suite.skipped(type, name, finding.found());
                case FAIL ->
                    suite.failed(type, name, finding.found(), finding.area().text(), words(finding));
                case WARN -> suite.passed(type, name, "warn\n" + words(finding));
            }
        }
        return suite;
    }

    private static String words(Finding finding) {
        var text = new StringBuilder(finding.reason())
                .append("\nfound   ")
                .append(finding.found())
                .append("\nwanted  ")
                .append(finding.wanted());
        finding.fixes().forEach(fix -> text.append("\nfix     ").append(fix));
        return text.toString();
    }
}
