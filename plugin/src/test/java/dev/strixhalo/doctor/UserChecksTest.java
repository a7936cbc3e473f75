package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.limits;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Limits, groups, logout and devices. */
class UserChecksTest {
    @Test
    void lockedMemoryIsUnlimitedForRdma() {
        // The middle of these numbers was read on a real machine.
        var small = strixHalo().with("limits", limits("8388608", "20000", "4096"));

        assertThat(finding("memlock", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("memlock", small))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("8 MiB", Finding::found)
                .satisfies(f ->
                        assertThat(f.fixes().get(0)).startsWith("echo 'strix - memlock unlimited' | sudo tee -a "));
        assertThat(finding("memlock", "tcp", small).verdict()).isEqualTo(Verdict.SKIP);
        assertThat(finding("open-files", small))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("20000", Finding::found);
        assertThat(finding("open-files", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("processes", small).verdict()).isEqualTo(Verdict.WARN);
        assertThat(finding("processes", strixHalo().with("limits", limits("unlimited", "1", "unlimited")))
                        .found())
                .isEqualTo("unlimited");
        assertThat(finding("processes", strixHalo().with("limits", "?")).verdict())
                .isEqualTo(Verdict.SKIP);
        assertThat(finding("open-files", strixHalo().with("limits", "?")).verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void theUserIsInTheGroupsOfTheDevicesAndHasIdsToGive() {
        assertThat(finding("groups", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("groups", strixHalo().with("groups", "strix video")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("not in render", Finding::found);
        assertThat(finding("groups", strixHalo().without("user")).verdict()).isEqualTo(Verdict.SKIP);

        assertThat(finding("subordinate-ids", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("subordinate-ids", strixHalo().ending("subgid", 1, "")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("65536 UIDs, 0 GIDs", Finding::found);
        assertThat(finding("subordinate-ids", strixHalo().with("user", "root")).verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void logoutEndsNothing() {
        assertThat(finding("linger", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("linger", strixHalo().with("linger", "no")))
                .returns(Verdict.FAIL, Finding::verdict)
                .satisfies(f -> assertThat(f.fixes()).containsExactly("sudo loginctl enable-linger strix"));
        assertThat(finding("linger", strixHalo().with("linger", "no-systemd")).verdict())
                .isEqualTo(Verdict.SKIP);

        assertThat(finding("logind", strixHalo()).found()).isEqualTo("both off");
        assertThat(finding(
                        "logind", strixHalo().with("logind", "b false\nb true").with("linger", "no")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("RemoveIPC is on", Finding::found);
        assertThat(finding("logind", strixHalo().with("logind", "b true\nb true"))
                        .verdict())
                .isEqualTo(Verdict.WARN);
        // Read on a real machine with Debian 12 and no systemd.
        assertThat(finding(
                                "logind",
                                strixHalo().failing("logind", 1, "Failed to connect to bus: No such file or directory"))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void devicesAreOpen() {
        var closed = strixHalo().with("devices", """
                /dev/kfd missing
                /dev/dri denied /dev/dri/renderD128 crw-rw---- root:render
                /dev/infiniband empty
                """);

        assertThat(finding("gpu-devices", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("gpu-devices", closed))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("no /dev/kfd, /dev/dri/renderD128 crw-rw---- root:render is closed", Finding::found);
        assertThat(finding("rdma-devices", closed))
                .returns(Verdict.FAIL, Finding::verdict)
                .satisfies(f -> assertThat(f.fixes()).containsExactly("sudo modprobe -a ib_uverbs rdma_ucm"));
        assertThat(finding("rdma-devices", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("rdma-devices", "tcp", closed).verdict()).isEqualTo(Verdict.SKIP);
        assertThat(finding("gpu-devices", strixHalo().without("devices")).verdict())
                .isEqualTo(Verdict.SKIP);
    }
}
