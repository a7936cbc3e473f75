package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.host.HostSamples;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No machine with RDMA was at hand: the files are written after the kernel's Documentation/ABI/stable/sysfs-class-infiniband. */
class RdmaChecksTest {
    private static final String PORT = "/sys/class/infiniband/irdma0/ports/1/";
    private static final String FABRIC = "0000:0000:0000:0000:0000:ffff:c0a8:6401";

    private static HostSamples withoutDevices() {
        return strixHalo()
                .ending("rdma-ports", 2, "")
                .ending("gids", 2, "")
                .ending("gid-types", 2, "")
                .ending("gid-ndevs", 2, "")
                .with("rdma-links", "[ ]");
    }

    private static HostSamples types(String... types) {
        var gids = new StringBuilder();
        var text = new StringBuilder();
        for (int i = 0; i < types.length; i++) {
            gids.append(PORT)
                    .append("gids/")
                    .append(i)
                    .append(':')
                    .append(FABRIC)
                    .append('\n');
            if (!types[i].isEmpty()) text.append(PORT).append("gid_attrs/types/%d:%s\n".formatted(i, types[i]));
        }
        return strixHalo().with("gids", gids.toString()).with("gid-types", text.toString());
    }

    @Test
    void aVerbsDeviceBelongsToTheFabricInterface() {
        assertThat(finding("verbs-device", strixHalo()))
                .returns(Verdict.OK, Finding::verdict)
                .returns("irdma0:1", Finding::found);
        assertThat(finding("verbs-device", withoutDevices()))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("no verbs device", Finding::found);
        assertThat(finding("verbs-device", strixHalo().with("interface", "eno1")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("irdma0:1 elsewhere", Finding::found);
        assertThat(finding("verbs-device", strixHalo().ending("rdma-ports", 124, ""))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
        assertThat(finding("verbs-device", "infiniband", strixHalo()).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(finding("verbs-device", "infiniband", strixHalo().with("rdma-ports", PORT + "link_layer:InfiniBand"))
                        .verdict())
                .isEqualTo(Verdict.OK);
        for (var id : List.of("verbs-device", "rdma-port", "roce-mode", "gid-index")) {
            assertThat(finding(id, "tcp", strixHalo()).verdict()).as(id).isEqualTo(Verdict.SKIP);
        }
    }

    @Test
    void thePortIsActive() {
        assertThat(finding("rdma-port", strixHalo()).found()).isEqualTo("irdma0:1 ACTIVE LinkUp");
        assertThat(finding(
                        "rdma-port",
                        strixHalo().with("rdma-ports", PORT + "state:1: DOWN\n" + PORT + "phys_state:3: Disabled")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("irdma0:1 DOWN Disabled", Finding::found);
        assertThat(finding("rdma-port", withoutDevices()).verdict()).isEqualTo(Verdict.SKIP);
    }

    @Test
    void aCardInIwarpModeFails() {
        assertThat(finding("roce-mode", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        // Reading a type of an iWARP entry is an error, so that no line comes.
        assertThat(finding("roce-mode", types("")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("none (iWARP)", Finding::found)
                .satisfies(
                        f -> assertThat(f.fixes())
                                .containsExactly(
                                        "sudo devlink dev param set pci/0000:c2:00.0 name enable_iwarp value false cmode runtime\n"
                                                + "sudo devlink dev param set pci/0000:c2:00.0 name enable_roce value true cmode runtime"));
        assertThat(finding("roce-mode", types("IB/RoCE v1")).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(finding("roce-mode", "infiniband", strixHalo()).verdict()).isEqualTo(Verdict.SKIP);
    }

    @Test
    void oneEntryHoldsTheFabricAddressAsRoceV2() {
        assertThat(finding("gid-index", strixHalo())).returns("irdma0:1 index 1", Finding::found);
        assertThat(finding("gid-index", types("IB/RoCE v1", "RoCE v2")))
                .returns(Verdict.OK, Finding::verdict)
                .returns("irdma0:1 index 1", Finding::found);
        assertThat(finding("gid-index", types("RoCE v2", "RoCE v2")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("irdma0:1 index 0, irdma0:1 index 1", Finding::found);
        assertThat(finding("gid-index", types("IB/RoCE v1")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("none", Finding::found);
        assertThat(finding("gid-index", withoutDevices()).verdict()).isEqualTo(Verdict.SKIP);
    }
}
