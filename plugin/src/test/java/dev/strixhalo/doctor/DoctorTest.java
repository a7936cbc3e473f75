package dev.strixhalo.doctor;

import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class DoctorTest {
    private static final Problem REFUSED =
            Problem.of("10.0.0.12 refuses SSH.").found("Connection refused").fix("sudo systemctl start sshd");

    @Test
    void idsAreUniqueAndEveryCheckJudgesEveryNode() {
        var ids = new HashSet<String>();
        Doctor.checks()
                .forEach(check -> assertThat(ids.add(check.id())).as(check.id()).isTrue());

        var report = Patients.report("roce", strixHalo().facts(), Patients.second());

        assertThat(report.findings()).hasSize(2 * ids.size());
    }

    @Test
    void theReadmeHasARowForEachCheckInTheOrderOfTheScreen() throws IOException {
        var rows = Files.readAllLines(Path.of("../README.md")).stream()
                .dropWhile(line -> !line.equals("## What doctor checks"))
                .skip(1)
                .takeWhile(line -> !line.startsWith("## "))
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.substring(3, line.indexOf('`', 3)))
                .toList();

        assertThat(rows)
                .containsExactlyElementsOf(
                        Doctor.checks().stream().map(Check::id).toList());
    }

    @Test
    void nodesThatAreAllRightPassEveryCheck() {
        var report = Patients.report("roce", strixHalo().facts(), Patients.second());

        assertThat(report.findings())
                .allSatisfy(f -> assertThat(f.verdict()).as(f.toString()).isEqualTo(Verdict.OK));
    }

    /** Whatever tools say, doctor has a verdict: each probe in turn says nothing of use, and no check breaks. */
    @Test
    void noCheckBreaksWhenNothingIsKnown() {
        var nothing = strixHalo();
        for (var probe : strixHalo().probes()) nothing.ending(probe, 124, "");

        for (var link : List.of("roce", "infiniband", "tcp")) {
            var report = Patients.report(link, nothing.facts(), nothing.factsOfThePeer());

            assertThat(report.with(Verdict.OK)).extracting(Finding::check).containsOnly("reachable");
        }
    }

    @Test
    void aNodeThatDoesNotAnswerIsAFailureAndTheOtherIsJudged() {
        var report = Patients.halfReport(strixHalo().facts(), REFUSED);

        assertThat(report.with(Verdict.FAIL)).singleElement().satisfies(f -> {
            assertThat(f.check()).isEqualTo("reachable");
            assertThat(f.node()).isEqualTo("node2");
            assertThat(f.found()).isEqualTo("10.0.0.12 refuses SSH. Connection refused");
            assertThat(f.fixes()).containsExactly("sudo systemctl start sshd");
        });
        assertThat(Patients.finding("kernel-version", report).verdict()).isEqualTo(Verdict.OK);
        assertThat(Patients.finding("same-kernel", report).found()).isEqualTo("no other node tells its own");
        assertThat(report.findings())
                .filteredOn(f -> f.node().equals("node2") && f.verdict() == Verdict.SKIP)
                .hasSize(Doctor.checks().size() - 1);
    }

    @Test
    void checksThatAreLeftOutAreSkippedOnAllNodes() {
        var report = Patients.report(
                "roce", strixHalo().with("kernel", "5.4").facts(), Patients.second(), "kernel-version", "same-kernel");

        assertThat(Patients.finding("kernel-version", report).found()).isEqualTo("left out by skipChecks");
        assertThat(report.with(Verdict.WARN)).isEmpty();
    }

    @Test
    void theRecordIsReadAsItWasWritten(@TempDir Path folder) throws StrixhaloException {
        var report = Patients.halfReport(strixHalo().facts(), REFUSED);

        DoctorReport.file(folder).write(report);

        assertThat(DoctorReport.file(folder).read()).isEqualTo(report);
        assertThat(DoctorReport.file(folder).text(report))
                .contains(
                        "\"kind\" : \"strixhalo.doctor\"",
                        "\"schema\" : 1",
                        "\"verdict\" : \"fail\"",
                        "\"area\" : \"os\"");
    }

    @Test
    void ciServersSeeATestForEachCheckAndNode(@TempDir Path folder) throws Exception {
        var report = Patients.halfReport(
                strixHalo().with("kernel", "5.4 <&\"]]> \u0007 \u001b[31m ü").facts(), REFUSED);

        JUnitReport.write(report, folder);

        assertThat(folder.resolve("TEST-strixhalo-doctor.xml")).isRegularFile();
        var suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(JUnitReport.text(report).getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
        assertThat(suite.getTagName()).isEqualTo("testsuite");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        var tests = suite.getElementsByTagName("testcase");
        assertThat(tests.getLength()).isEqualTo(report.findings().size());
        assertThat(suite.getAttribute("tests")).isEqualTo(String.valueOf(tests.getLength()));
        assertThat(suite.getElementsByTagName("skipped").getLength())
                .isEqualTo(report.with(Verdict.SKIP).size());
        var failure = (Element) suite.getElementsByTagName("failure").item(0);
        assertThat(failure.getAttribute("message")).isEqualTo("10.0.0.12 refuses SSH. Connection refused");
        assertThat(failure.getTextContent()).contains("fix     sudo systemctl start sshd");
        assertThat(((Element) failure.getParentNode()).getAttribute("classname"))
                .isEqualTo("strixhalo.doctor.node2");
        assertThat(suite.getElementsByTagName("system-out").item(0).getTextContent())
                .contains("5.4 <&\"]]> ? ?[31m ü");
    }
}
