package dev.strixhalo.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodmanFlagsTest {
    private static final ContainerSpec RDMA = new ContainerSpec(
            List.of("/dev/kfd", "/dev/dri", "/dev/infiniband"),
            Memlock.UNLIMITED,
            List.of(new Volume("~/models", "/models", "ro"), new Volume("/srv/data", "/data", "")),
            Map.of("B", "two words", "A", "1"),
            List.of("--memory=100g"),
            List.of("/opt/strixhalo/bin/strixhalo-node", "supervise"));

    private static ContainerSpec with(Memlock memlock) {
        return new ContainerSpec(
                RDMA.devices(), memlock, RDMA.volumes(), RDMA.environment(), RDMA.runArgs(), RDMA.command());
    }

    @Test
    void rendersEveryFlagThatADistributedModelNeeds() {
        assertThat(PodmanFlags.common(RDMA, "/home/strix"))
                .containsExactly(
                        "--network=host",
                        "--ipc=host",
                        "--init",
                        "--http-proxy=false",
                        "--pids-limit=-1",
                        "--security-opt=seccomp=unconfined",
                        "--group-add=keep-groups",
                        "--device=/dev/kfd",
                        "--device=/dev/dri",
                        "--device=/dev/infiniband",
                        "--ulimit=memlock=-1:-1",
                        "--volume=/home/strix/models:/models:ro",
                        "--volume=/srv/data:/data",
                        "--env=A=1",
                        "--env=B=two words",
                        "--memory=100g");
    }

    @Test
    void neverAsksForPrivilege() {
        assertThat(PodmanFlags.common(RDMA, "/home/strix")).noneMatch(flag -> flag.contains("privileged"));
    }

    @Test
    void leavesMemlockToPodmanWhenNoneIsAsked() {
        var spec = new ContainerSpec(RDMA.devices(), null, List.of(), Map.of(), List.of(), RDMA.command());

        assertThat(PodmanFlags.common(spec, "/home/strix")).noneMatch(flag -> flag.contains("memlock"));
    }

    @Test
    void namesAndLabelsTheLastingContainer() {
        var argv = PodmanFlags.create(RDMA, "/home/strix", "strix-5c1f9d2", Map.of("k", "v"), "sha256:5c");

        assertThat(argv).startsWith("podman", "create", "--name=strix-5c1f9d2", "--label=k=v");
        assertThat(argv).endsWith("--memory=100g", "sha256:5c", "/opt/strixhalo/bin/strixhalo-node", "supervise");
    }

    @Test
    void settingsAreTheSameOnNodesWithOtherHomesAndChangeWithAnyFlag() {
        assertThat(PodmanFlags.settings(RDMA)).hasSize(64).isEqualTo(PodmanFlags.settings(with(Memlock.UNLIMITED)));
        assertThat(PodmanFlags.settings(with(new Memlock(8 << 20)))).isNotEqualTo(PodmanFlags.settings(RDMA));
    }
}
