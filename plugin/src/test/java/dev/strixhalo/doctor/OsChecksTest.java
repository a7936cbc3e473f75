package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.ASKED;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OsChecksTest {
    /** Read on a machine with Debian 12. */
    private static final String BOOKWORM = """
            PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
            NAME="Debian GNU/Linux"
            VERSION_ID="12"
            VERSION="12 (bookworm)"
            VERSION_CODENAME=bookworm
            ID=debian
            HOME_URL="https://www.debian.org/"
            """;

    @Test
    void distributionsAreKnownByRelease() {
        assertThat(finding("os-release", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("os-release", strixHalo().with("os-release", BOOKWORM)))
                .returns(Verdict.OK, Finding::verdict)
                .returns("debian 12", Finding::found);
        assertThat(finding("os-release", strixHalo().with("os-release", "ID=fedora\nVERSION_ID=42"))
                        .verdict())
                .isEqualTo(Verdict.WARN);
        assertThat(finding("os-release", strixHalo().with("os-release", "ID='arch'")))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("arch", Finding::found);
        assertThat(finding("os-release", strixHalo().with("os-release", "nothing")))
                .returns(Verdict.SKIP, Finding::verdict)
                .returns("/etc/os-release names no ID", Finding::found);
    }

    @Test
    void oldKernelsAreWarnedOf() {
        // Read on a real machine.
        assertThat(finding("kernel-version", strixHalo().with("kernel", "6.18.44-fc-v669"))
                        .verdict())
                .isEqualTo(Verdict.OK);
        assertThat(finding("kernel-version", strixHalo().with("kernel", "6.18.3-200.fc43.x86_64")))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("6.18.4 or newer", Finding::wanted)
                .satisfies(f -> assertThat(f.fixes()).containsExactly("sudo dnf install kernel && sudo reboot"));
        assertThat(finding(
                        "kernel-version",
                        strixHalo().with("kernel", "6.12.43+deb13-amd64").with("os-release", BOOKWORM)))
                .returns(Verdict.WARN, Finding::verdict)
                .satisfies(f ->
                        assertThat(f.fixes()).containsExactly("sudo apt-get install linux-image-amd64 && sudo reboot"));
        assertThat(finding("kernel-version", strixHalo().ending("kernel", 124, ""))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void oldFirmwareIsWarnedOf() {
        assertThat(finding("linux-firmware", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        // The form of Ubuntu's versions, from packages.ubuntu.com.
        assertThat(finding(
                                "linux-firmware",
                                strixHalo().with("packages", "linux-firmware 20240318.git3b128b60-0ubuntu2.10"))
                        .verdict())
                .isEqualTo(Verdict.WARN);
        // Read on a real machine with Debian 12, which has neither package.
        assertThat(finding(
                        "linux-firmware",
                        strixHalo().failing("packages", 1, "dpkg-query: no packages found matching linux-firmware")))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("not installed as a package", Finding::found);
        assertThat(finding("linux-firmware", strixHalo().ending("packages", 124, ""))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void onlyStrixHaloWillDo() {
        assertThat(finding("gpu-target", strixHalo()))
                .returns("gfx1151", Finding::found)
                .returns(Verdict.OK, Finding::verdict);
        var other = strixHalo().with("gfx", "/sys/class/kfd/kfd/topology/nodes/1/properties:gfx_target_version 90010");
        assertThat(finding("gpu-target", other))
                .returns("gfx90a", Finding::found)
                .returns(Verdict.FAIL, Finding::verdict);
        // grep on a real machine without /sys/class/kfd.
        assertThat(finding("gpu-target", strixHalo().ending("gfx", 2, "")).verdict())
                .isEqualTo(Verdict.FAIL);
    }

    @Test
    void clocksOfTheNodesAreCompared() {
        assertThat(finding("clock", strixHalo()).found()).isEqualTo("equal");
        assertThat(finding("clock", strixHalo().with("began", String.valueOf(ASKED + 3))))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("3 s ahead", Finding::found);
        assertThat(finding("clock", strixHalo().with("began", String.valueOf(ASKED - 86400))))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("86400 s behind", Finding::found);
        assertThat(finding("clock", strixHalo().with("began", "heute")).verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void kernelsThatDifferAreWarnedOf() {
        assertThat(finding("same-kernel", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("same-kernel", strixHalo().with("kernel", "6.18.6-200.fc43.x86_64")))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("the same on all nodes; node2 has 6.18.5-200.fc43.x86_64", Finding::wanted);
    }
}
