package dev.strixhalo.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What doctor and deploy know of hosts of Fedora, by what programs printed there. */
class RecordedFedoraFactsTest {
    @Test
    void distributions() {
        var server = HostSamples.strixHalo()
                .with("os-release", FedoraRecording.text("os-release-fedora43-server.txt"))
                .facts();
        var nobara = HostSamples.strixHalo()
                .with("os-release", FedoraRecording.text("os-release-nobara43.txt"))
                .facts();

        assertThat(server.os().value()).satisfies(os -> {
            assertThat(os.id()).isEqualTo("fedora");
            assertThat(os.version()).isEqualTo("43");
            assertThat(os.debianLike()).isFalse();
        });
        assertThat(nobara.os().value()).satisfies(os -> {
            assertThat(os.id()).isEqualTo("nobara");
            assertThat(os.like()).containsExactly("fedora");
        });
    }

    @Test
    void anE810() {
        var facts = HostSamples.strixHalo()
                .with("ethtool", FedoraRecording.text("ethtool-fedora43-e810.txt"))
                .facts();

        assertThat(facts.nic().value())
                .satisfies(nic -> assertThat(nic.firmware().value()).isEqualTo("4.91 0x800214b5 1.3909.0"));
    }

    /** One of them has a blank before an equals sign, which the kernel reads as two arguments. */
    @Test
    void commandLinesOfStrixHaloHosts() {
        assertThat(arguments("cmdline-fedora43-framework-desktop.txt"))
                .contains("rootflags=subvol=root", "amdgpu.gttsize=108000", "amdttm.page_pool_size", "=27648000");
        assertThat(arguments("cmdline-nobara43-strix-halo.txt"))
                .contains("ttm.pages_limit=25165824", "amdgpu.cwsr_enable=0");
    }

    /** Where grubby's entries are root's to read, the defaults of GRUB tell what the next boot gets. */
    @Test
    void defaultsOfTheBootLoader() {
        assertThat(next("default-grub-luks.txt"))
                .containsExactly(
                        "rd.luks.uuid=luks-aea5a643-311b-4a15-b4e9-08940ff9577b",
                        "rhgb",
                        "quiet",
                        "rd.driver.blacklist=nouveau,nova_core",
                        "modprobe.blacklist=nouveau,nova_core");
        assertThat(next("default-grub-lvm.txt"))
                .startsWith("resume=/dev/mapper/fedora_localhost--live-swap")
                .contains("iommu=1", "amd_iommu=on");
    }

    @Test
    void rootlessPodman() {
        var facts = HostSamples.strixHalo()
                .with("info", FedoraRecording.text("podman-info-fedora42.json"))
                .facts();

        assertThat(facts.podman().value()).satisfies(podman -> {
            assertThat(podman.storageDriver()).isEqualTo("overlay");
            assertThat(podman.runtime()).isEqualTo("crun");
            assertThat(podman.rootless()).isTrue();
        });
    }

    private static List<String> arguments(String commandLine) {
        return HostSamples.strixHalo()
                .with("arguments", FedoraRecording.text(commandLine))
                .facts()
                .arguments()
                .find()
                .orElseThrow();
    }

    private static List<String> next(String defaults) {
        return HostSamples.strixHalo()
                .failing("boot-entries", 1, "")
                .with("boot-defaults", FedoraRecording.text(defaults))
                .facts()
                .pending()
                .arguments()
                .find()
                .orElseThrow();
    }
}
