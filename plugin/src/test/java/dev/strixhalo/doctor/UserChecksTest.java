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
        var small =
                strixHalo().with("limits", limits("8388608", "20000", "4096")).ending("limits-files", 1, "");

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
        assertThat(finding("groups", strixHalo().with("groups", "strix video").with("groups-next", "strix video")))
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
    void limitsAndGroupsThatComeWithTheNextLoginAreToldApart() {
        var old = strixHalo().with("limits", limits("8388608", "524288", "512000"));
        assertThat(finding("memlock", old))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("set, but not yet in force: unlimited, here 8 MiB", Finding::found);
        // limits.conf(5): the user's line counts before that of a group, and that before everybody's.
        assertThat(finding(
                                "memlock",
                                old.with(
                                        "limits-files",
                                        "strix hard memlock 8192\n@render - memlock unlimited\n* - memlock unlimited"))
                        .found())
                .isEqualTo("8 MiB");
        assertThat(finding("memlock", old.with("limits-files", "alice - memlock unlimited\n* soft memlock unlimited"))
                        .found())
                .isEqualTo("8 MiB");

        // Read on a virtual machine with Debian 12, where pam_limits gave the manager more than its unit says.
        var manager = strixHalo()
                .with("manager", "MainPID=636\nLimitMEMLOCK=8388608\nNeedDaemonReload=no")
                .with("manager-limits", limits("191778816", "1048576", "5814"))
                .ending("limits-files", 2, "");
        assertThat(finding("manager-memlock", manager))
                .returns("187284 KiB", Finding::found)
                .satisfies(f -> assertThat(f.fixes().get(0)).contains("LimitMEMLOCK=infinity", "daemon-reload"));
        assertThat(finding("manager-memlock", manager.with("limits-files", "strix - memlock unlimited")))
                .returns("set, but not yet in force: unlimited, here 187284 KiB", Finding::found)
                .satisfies(f -> assertThat(f.fixes().get(0)).startsWith("sudo systemctl restart user@"));
        assertThat(finding("manager-memlock", "tcp", manager).verdict()).isEqualTo(Verdict.SKIP);

        assertThat(finding("groups", strixHalo().with("groups", "strix video")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("set, but not yet in force: render", Finding::found);
    }

    @Test
    void aRangeOfSubordinateIdsIsProposedThatNobodyHas() {
        var sample = strixHalo()
                .ending("subuid", 1, "")
                .with("subuids", "alice:100000:65536\nbob:165536:65536")
                .with("subgids", "alice:100000:65536\nbob:300000:65536\nnonsense");
        assertThat(finding("subordinate-ids", sample).fixes().get(0))
                .contains("--add-subuids 365536-431071 --add-subgids");
        assertThat(finding("subordinate-ids", sample.ending("subuids", 1, ""))
                        .fixes()
                        .get(0))
                .contains("--add-subuids 16777216-16842751");
    }

    @Test
    void whatCountsInTheEndIsTheInsideOfTheContainer() {
        assertThat(finding("container-memlock", strixHalo()).found()).isEqualTo("unlimited");
        assertThat(finding("container-devices", strixHalo()).wanted())
                .isEqualTo("/dev/kfd /dev/dri /dev/infiniband open");
        assertThat(finding("container-devices", "tcp", strixHalo()).wanted()).isEqualTo("/dev/kfd /dev/dri open");
        assertThat(finding("container-devices", strixHalo().without("inside")).found())
                .isEqualTo("no container of the cluster runs here yet");
        assertThat(finding("container-devices", strixHalo().failing("inside", 125, "Error: container has died"))
                        .found())
                .isEqualTo("'podman exec' failed: Error: container has died");
        assertThat(finding("container-devices", strixHalo().with("inside", "OCI runtime error"))
                        .verdict())
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
