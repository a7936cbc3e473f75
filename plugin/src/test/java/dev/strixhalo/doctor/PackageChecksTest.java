package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PackageChecksTest {
    /** As read on a machine with Debian 12. */
    private static final String SOME =
            "podman yes\ncrun no\nip yes\nrdma yes\nethtool no\nibv_devinfo no\nib_write_bw no";

    @Test
    void missingProgramsAreToldWithThePackagesOfTheDistribution() {
        assertThat(finding("programs", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("programs", strixHalo().with("programs", SOME)))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("without crun", Finding::found)
                .satisfies(f -> assertThat(f.fixes()).containsExactly("sudo dnf install crun"));
        assertThat(finding("rdma-programs", strixHalo().with("programs", SOME).with("os-release", "ID=debian")))
                .returns(Verdict.FAIL, Finding::verdict)
                .satisfies(f ->
                        assertThat(f.fixes()).containsExactly("sudo apt-get install ethtool ibverbs-utils perftest"));
        assertThat(finding("rdma-programs", "tcp", strixHalo().with("programs", SOME)))
                .returns(Verdict.SKIP, Finding::verdict)
                .returns("not for link tcp", Finding::found);
        assertThat(finding("programs", strixHalo().without("programs")).verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void podmanIsNewEnoughAndTheSameEverywhere() {
        assertThat(finding("podman-version", strixHalo()).found()).isEqualTo("5.6.2");
        assertThat(finding("podman-version", strixHalo().with("podman", "podman version 3.4.4")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("4.3 or newer", Finding::wanted);
        assertThat(finding("podman-version", strixHalo().with("podman", "absent")))
                .returns(Verdict.SKIP, Finding::verdict)
                .returns("'podman' is not installed", Finding::found);
        assertThat(finding("same-podman", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        // Read on a real machine with Debian 12.
        assertThat(finding("same-podman", strixHalo().with("podman", "podman version 4.3.1"))
                        .verdict())
                .isEqualTo(Verdict.WARN);
    }
}
