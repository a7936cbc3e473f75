package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ContainerChecksTest {
    @Test
    void podmanStoresByOverlayAndRunsByCrun() {
        var other = strixHalo().with("info", """
                {"host":{"ociRuntime":{"name":"runc"},"security":{"rootless":true}},"store":{"graphDriverName":"vfs","graphRoot":"/g"}}
                """);

        assertThat(finding("storage-driver", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("storage-driver", other))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("vfs", Finding::found);
        assertThat(finding("runtime", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("runtime", other))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("runc", Finding::found);
        assertThat(finding(
                        "runtime", strixHalo().failing("info", 125, "Error: cannot set up namespace using newuidmap")))
                .returns(Verdict.SKIP, Finding::verdict)
                .satisfies(f -> assertThat(f.found()).contains("newuidmap"));
        assertThat(finding("storage-driver", strixHalo().with("podman", "absent"))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void thereIsRoomForWeights() {
        assertThat(finding("weights-room", strixHalo())).returns("512 GB free", Finding::found);
        assertThat(finding("weights-room", strixHalo().with("weights", "/dev/vda 264212084 24631960 1000000 98% /")))
                .returns(Verdict.WARN, Finding::verdict);
        assertThat(finding("weights-room", strixHalo().with("weights", "df: ?")).verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void settingsThatALoginInheritsAreNamed() {
        assertThat(finding("login-environment", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("login-environment", strixHalo().with("login", "NCCL_PROTO\nRAY_AUTH_TOKEN")))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("NCCL_PROTO RAY_AUTH_TOKEN", Finding::found);
        assertThat(finding("login-environment", strixHalo().ending("login", 124, ""))
                        .found())
                .isEqualTo("'a login shell' did not answer within 10 s");
    }
}
