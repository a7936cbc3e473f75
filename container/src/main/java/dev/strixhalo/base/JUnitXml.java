package dev.strixhalo.base;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** A suite of tests as JUnit's XML, which CI servers show. */
public final class JUnitXml {
    private final String name;
    private final Instant time;
    private final List<Test> tests = new ArrayList<>();
    private int failures;
    private int skipped;

    /** What a test writes between its tags. */
    private interface Outcome {
        void write(XMLStreamWriter xml) throws XMLStreamException;
    }

    private record Test(String type, String name, Outcome outcome) {}

    /**
     * @param name of the suite; the file is {@code TEST-NAME.xml}
     * @param time when it was begun
     */
    public JUnitXml(String name, Instant time) {
        this.name = name;
        this.time = time;
    }

    /**
     * A test that passed.
     *
     * @param type   class of the test, as CI servers group by
     * @param test   its name
     * @param output what it says on standard output; empty for nothing
     */
    public void passed(String type, String test, String output) {
        tests.add(new Test(type, test, xml -> {
            if (output.isEmpty()) return;
            xml.writeStartElement("system-out");
            xml.writeCharacters(legal(output));
            xml.writeEndElement();
        }));
    }

    /** A test that was not made, and why. */
    public void skipped(String type, String test, String why) {
        skipped++;
        tests.add(new Test(type, test, xml -> {
            xml.writeEmptyElement("skipped");
            attribute(xml, "message", why);
        }));
    }

    /**
     * A test that failed.
     *
     * @param message in one line
     * @param kind    of the failure
     * @param text    all that there is to say
     */
    public void failed(String type, String test, String message, String kind, String text) {
        failures++;
        tests.add(new Test(type, test, xml -> {
            xml.writeStartElement("failure");
            attribute(xml, "message", message);
            attribute(xml, "type", kind);
            xml.writeCharacters(legal(text));
            xml.writeEndElement();
        }));
    }

    /**
     * Writes the file, whole or not at all.
     *
     * @param folder for it
     */
    public void write(Path folder) throws StrixhaloException {
        var path = folder.resolve("TEST-" + name + ".xml");
        try {
            Files.createDirectories(folder);
            var beside = Files.createTempFile(folder, "." + name, ".tmp");
            Files.writeString(beside, text());
            Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw Problem.of(path + " cannot be written.")
                    .found(e)
                    .fix("make room and the folder writable")
                    .asException(e);
        }
    }

    /** The file's text. */
    public String text() {
        var text = new StringWriter();
        try {
            var xml = XMLOutputFactory.newFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeCharacters("\n");
            xml.writeStartElement("testsuite");
            attribute(xml, "name", name);
            attribute(xml, "timestamp", time.toString());
            attribute(xml, "tests", String.valueOf(tests.size()));
            attribute(xml, "failures", String.valueOf(failures));
            attribute(xml, "errors", "0");
            attribute(xml, "skipped", String.valueOf(skipped));
            for (var test : tests) {
                xml.writeCharacters("\n  ");
                xml.writeStartElement("testcase");
                attribute(xml, "classname", test.type());
                attribute(xml, "name", test.name());
                // What is judged from one look has no time of its own.
                attribute(xml, "time", "0");
                test.outcome().write(xml);
                xml.writeEndElement();
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("XML into memory", e);
        }
        return text + "\n";
    }

    private static void attribute(XMLStreamWriter xml, String attribute, String value) throws XMLStreamException {
        xml.writeAttribute(attribute, legal(value));
    }

    /** What XML 1.0 cannot hold in any form becomes a question mark; tools of nodes print what they like. */
    private static String legal(String text) {
        return text.replaceAll("[^\\t\\n\\r\\x20-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]", "?");
    }
}
