package dev.strixhalo.doctor;

import static dev.strixhalo.host.HostSamples.OWN;
import static dev.strixhalo.host.HostSamples.PEER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.host.HostSamples;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What doctor says of two virtual machines with Debian 12 and Soft-RoCE, before and after they were prepared by hand. */
class RealNodesTest {
    private static final DoctorReport PREPARED = Patients.report(
            "roce",
            HostSamples.recorded("look-vm-node1.txt", OWN, PEER),
            HostSamples.recorded("look-vm-node2.txt", PEER, OWN));

    private static final DoctorReport RAW = Patients.report(
            "roce",
            HostSamples.recorded("look-vm-raw.txt", OWN, PEER),
            HostSamples.recorded("look-vm-node2.txt", PEER, OWN));

    private static List<String> failures(DoctorReport report) {
        return report.with(Verdict.FAIL).stream()
                .filter(f -> f.node().equals("node1"))
                .map(Finding::check)
                .toList();
    }

    @Test
    void ofPreparedOnesOnlyWhatEmulationLacksFails() {
        // No GPU, a disk of 8 GB, and a manager that lingers since before the limit was set.
        assertThat(failures(PREPARED)).containsExactly("gpu-target", "manager-memlock", "gpu-devices", "graph-disk");
        assertThat(Patients.finding("manager-memlock", PREPARED).found())
                .isEqualTo("set, but not yet in force: unlimited, here 187284 KiB");
        for (var check : List.of("memlock", "groups", "linger", "roce-mode", "mtu-proof")) {
            assertThat(Patients.finding(check, PREPARED)).returns(Verdict.OK, Finding::verdict);
        }
        assertThat(Patients.finding("gid-index", PREPARED).found()).isEqualTo("rxe0:1 index 1");
        assertThat(Patients.finding("persistent-address", PREPARED).found()).isEqualTo("profile Wired connection 1");
        // Soft-RoCE names no card of its own, and the emulated one has no firmware.
        assertThat(Patients.finding("same-nic-firmware", PREPARED).verdict()).isEqualTo(Verdict.SKIP);
        assertThat(Patients.finding("fabric-firewall", PREPARED))
                .returns(Verdict.SKIP, Finding::verdict)
                .returns("the meeting of the nodes on a high port did not come to an end in its time", Finding::found);
    }

    @Test
    void ofRawOnesAllThatIsReallyWrongFails() {
        assertThat(failures(RAW))
                .contains(
                        "rdma-programs",
                        "fabric-interface",
                        "memlock",
                        "manager-memlock",
                        "groups",
                        "linger",
                        "logind",
                        "gpu-target");
        assertThat(Patients.finding("fabric-interface", RAW).fixes().get(0)).contains("nmcli connection add");
        assertThat(Patients.finding("fabric-firewall", RAW).found())
                .isEqualTo("the fabric address is missing on one side");
        assertThat(Patients.finding("tasks", RAW))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("3837", Finding::found);
        assertThat(Patients.finding("memlock", RAW).found()).isEqualTo("187284 KiB");
    }
}
