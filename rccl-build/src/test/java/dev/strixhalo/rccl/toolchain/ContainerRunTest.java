package dev.strixhalo.rccl.toolchain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerRunTest {
    @Test
    void aContainerGetsTheFolderAtThePathOfAllOfThemAndKeepsTheUsersIds() {
        var run = new ContainerRun("image", "0123456789abcdef", "/home/me/work", "/home/me/ccache", true);

        var plain = run.argv(Duration.ofMinutes(5), Map.of("A", "b"), List.of("scripts/build.sh", "x"));
        assertThat(plain)
                .contains(
                        "--volume=/home/me/work:/var/tmp/strixhalo-rccl-0123456789abcdef",
                        "--userns=keep-id",
                        "--env=A=b",
                        "--timeout=360",
                        "--entrypoint=sh")
                .noneMatch(word -> word.contains("ccache"))
                .endsWith("/var/tmp/strixhalo-rccl-0123456789abcdef/scripts/build.sh", "x");
        var ccache = new ContainerRun("image", "0123456789abcdef", "/home/me/work", "/home/me/ccache", false)
                .argv(Duration.ofMinutes(5), Map.of(Workplace.CCACHE, "on"), List.of("scripts/build.sh"));
        assertThat(ccache)
                .contains(
                        "--volume=/home/me/ccache:/var/tmp/strixhalo-rccl-ccache",
                        "--env=STRIXHALO_CCACHE=/var/tmp/strixhalo-rccl-ccache")
                .doesNotContain("--userns=keep-id");
    }
}
