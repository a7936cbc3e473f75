package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeftOverChecksTest {
    @Test
    void whoHoldsThePortsOfALaunchIsNamed() {
        assertThat(finding("ports", strixHalo()).found()).isEqualTo("held by the cluster's own container");
        // Columns as ss 6.1 printed them on Debian 12; the process of another user is not told.
        assertThat(finding("ports", strixHalo().with("ports", """
                        LISTEN 0      128    0.0.0.0:22 0.0.0.0:*
                        LISTEN 0      128       [::]:6379    [::]:*
                        LISTEN 0      5      127.0.0.1:8000 0.0.0.0:* users:(("python3",pid=99,fd=3))
                        """)))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("6379 by another user, 8000 by python3 (99)", Finding::found);
        assertThat(finding("ports", strixHalo().with("ports", "")).found()).isEqualTo("free");
        assertThat(finding("ports", strixHalo().with("ports", "Cannot open netlink socket: Address family"))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void foreignProcessesAndOrphansAreNamed() {
        assertThat(finding("processes-left", strixHalo()).found()).isEqualTo("2 of the launch");
        assertThat(finding("processes-left", strixHalo().without("launch")))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("orphans: gcs_server (4711, strix), raylet (4712, strix)", Finding::found)
                .satisfies(f -> assertThat(f.fixes()).containsExactly("mvn strixhalo:stop"));
        assertThat(finding("processes-left", strixHalo().with("processes", """
                        1 a foreign ray::IDLE
                        2 b foreign VLLM::EngineCor
                        3 c foreign raylet
                        4 d foreign raylet
                        5 strix ours raylet
                        """)))
                .returns("ray::IDLE (1, a), VLLM::EngineCor (2, b), raylet (3, c) and 1 more", Finding::found)
                .satisfies(f -> assertThat(f.fixes()).containsExactly("end them: kill 1 2 3 4"));
        assertThat(finding("gpu-users", strixHalo().with("gpu-users", "99 alice foreign 1073741824 python3"))
                        .found())
                .startsWith("python3 (99, alice) holds 1.");
    }

    @Test
    void segmentsThatNobodyUsesAreNamed() {
        assertThat(finding("shared-memory", strixHalo()).found()).isEqualTo("none");
        assertThat(finding("shared-memory", strixHalo().with("shm-used", "nccl-XyZ")))
                .returns("1, such as psm_1a2b", Finding::found)
                .satisfies(f -> assertThat(f.fixes()).containsExactly("rm -f -- /dev/shm/psm_1a2b"));
        assertThat(finding("compiler-cache", strixHalo().with("comgr", "/a\n/b"))
                        .found())
                .isEqualTo("2 files without content");
    }
}
