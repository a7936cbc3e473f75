package dev.strixhalo.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.run.Memlock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeploySettingsTest {
    private static DeploySettings of(Link link) throws StrixhaloException {
        return DeploySettings.of(
                link,
                null,
                null,
                List.of(),
                List.of(),
                Map.of(),
                List.of(),
                Duration.ofHours(1),
                Duration.ofMinutes(5));
    }

    @Test
    void rdmaDemandsItsDeviceAndUnlimitedMemlock() throws StrixhaloException {
        assertThat(of(Link.ROCE).devices()).containsExactly("/dev/kfd", "/dev/dri", "/dev/infiniband");
        assertThat(of(Link.INFINIBAND).memlock()).isEqualTo(Memlock.UNLIMITED);
        assertThat(of(Link.TCP).devices()).containsExactly("/dev/kfd", "/dev/dri");
        assertThat(of(Link.TCP).memlock()).isNull();
    }

    @Test
    void cachesOutliveTheContainer() throws StrixhaloException {
        assertThat(of(Link.ROCE).spec("strix").volumes())
                .extracting(volume -> volume.host() + " " + volume.container())
                .containsExactly(
                        "~/.cache/huggingface /root/.cache/huggingface",
                        "~/.cache/vllm /root/.cache/vllm",
                        "~/.triton /root/.triton",
                        "~/.local/state/strixhalo/strix/logs /var/log/strixhalo",
                        "~/.local/state/strixhalo/strix/run /run/strixhalo");
    }

    @Test
    void reportsEverythingThatIsWrongAtOnce() {
        var failure = catchThrowableOfType(
                StrixhaloException.class,
                () -> DeploySettings.of(
                        Link.ROCE,
                        "moon",
                        "lots",
                        List.of("kfd"),
                        List.of("here"),
                        Map.of("1X", "", "HF_TOKEN", "hf_canary"),
                        List.of(),
                        Duration.ofHours(1),
                        Duration.ofMinutes(5)));

        assertThat(failure.problems())
                .extracting(Problem::what)
                .containsExactlyInAnyOrder(
                        "<baseFrom> is 'moon'.",
                        "<memlock> is 'lots', which is no amount of memory.",
                        "<device> is 'kfd', which is no device.",
                        "<volume> is 'here', which is no volume.",
                        "<environment> names '1X', which is no variable.",
                        "<environment> sets HF_TOKEN: everyone on the node could read it there.");
        assertThat(failure).hasMessageNotContaining("hf_canary");
    }
}
