package dev.strixhalo.plugin;

import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import dev.strixhalo.doctor.Doctor;
import dev.strixhalo.doctor.Patients;
import org.junit.jupiter.api.Test;

class DoctorScreenTest {
    @Test
    void theTableIsGroupedAndFailuresStandLastWithWhatToDo() {
        var report = Patients.report(
                "roce",
                strixHalo()
                        .with("kernel", "5.4.0-1234567890-generic-with-a-long-name")
                        .ending("gfx", 2, "")
                        .facts(),
                Patients.second());

        var lines = DoctorScreen.lines(report, false);

        assertThat(lines.get(0)).matches(" +node1 +node2");
        assertThat(lines).anyMatch(line -> line.matches("os +os-release +fedora 43 +ok +fedora 43 +ok"));
        assertThat(lines).anyMatch(line -> line.matches(" +kernel-version +5\\.4\\.0-\\S+… +warn +6\\.18\\.5\\S* +ok"));
        assertThat(lines).contains(report.counts());
        int counts = lines.indexOf(report.counts());
        int warn = lines.indexOf("warn  kernel-version  node1");
        int fail = lines.indexOf("fail  gpu-target  node1");
        assertThat(counts).isLessThan(warn);
        assertThat(warn).isLessThan(fail);
        assertThat(String.join("\n", lines.subList(fail, lines.size())))
                .contains("found", "wanted", "gfx1151", "why", "fix", "modprobe");
        assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(92));
    }

    @Test
    void coloursOnlyVerdictsAndOnlyWhenAsked() {
        var report = Patients.halfReport(
                strixHalo().facts(), Problem.of("it is off.").fix("turn it on"));

        var plain = DoctorScreen.lines(report, false);
        var coloured = DoctorScreen.lines(report, true);

        assertThat(plain).noneMatch(line -> line.contains("\u001b"));
        assertThat(coloured).anyMatch(line -> line.contains("\u001b[31mfail\u001b[0m"));
        assertThat(coloured.stream()
                        .map(line -> line.replaceAll("\u001b\\[\\d+m", "").stripTrailing()))
                .containsExactlyElementsOf(plain);
    }

    @Test
    void everyCheckIsToldAtLengthWithinTheWidth() {
        for (var check : Doctor.checks()) {
            assertThat(DoctorScreen.explain(check))
                    .as(check.id())
                    .contains(check.id())
                    .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(92));
        }
    }
}
