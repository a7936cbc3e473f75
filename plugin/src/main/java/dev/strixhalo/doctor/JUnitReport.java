package dev.strixhalo.doctor;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

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
        var path = records.resolve("TEST-strixhalo-doctor.xml");
        try {
            Files.createDirectories(records);
            var beside = Files.createTempFile(records, ".doctor", ".tmp");
            Files.writeString(beside, text(report));
            Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Problem.of(path + " cannot be written.")
                    .found(e)
                    .fix("make room and the folder writable")
                    .asException(e);
        }
    }

    static String text(DoctorReport report) {
        var text = new StringWriter();
        try {
            var xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeCharacters("\n");
            xml.writeStartElement("testsuite");
            attribute(xml, "name", "strixhalo-doctor");
            attribute(xml, "timestamp", report.time().toString());
            attribute(xml, "tests", String.valueOf(report.findings().size()));
            attribute(xml, "failures", String.valueOf(report.with(Verdict.FAIL).size()));
            attribute(xml, "errors", "0");
            attribute(xml, "skipped", String.valueOf(report.with(Verdict.SKIP).size()));
            for (var finding : report.findings()) test(xml, finding);
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("XML into memory", e);
        }
        return text + "\n";
    }

    private static void test(XMLStreamWriter xml, Finding finding) throws XMLStreamException {
        xml.writeCharacters("\n  ");
        xml.writeStartElement("testcase");
        attribute(xml, "classname", "strixhalo.doctor." + finding.node());
        attribute(xml, "name", finding.check());
        // It is one script that looks for all checks; no part of its time is that of one of them.
        attribute(xml, "time", "0");
        switch (finding.verdict()) {
            case OK -> {}
            case SKIP -> {
                xml.writeEmptyElement("skipped");
                attribute(xml, "message", finding.found());
            }
            case FAIL -> {
                xml.writeStartElement("failure");
                attribute(xml, "message", finding.found());
                attribute(xml, "type", finding.area().text());
                xml.writeCharacters(legal(words(finding)));
                xml.writeEndElement();
            }
            case WARN -> {
                xml.writeStartElement("system-out");
                xml.writeCharacters(legal("warn\n" + words(finding)));
                xml.writeEndElement();
            }
        }
        xml.writeEndElement();
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

    private static void attribute(XMLStreamWriter xml, String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, legal(value));
    }

    /** What XML 1.0 cannot hold in any form becomes a question mark; tools of nodes print what they like. */
    private static String legal(String text) {
        return text.replaceAll("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]", "?");
    }
}
