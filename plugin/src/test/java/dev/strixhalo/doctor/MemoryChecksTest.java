package dev.strixhalo.doctor;

import static dev.strixhalo.doctor.Patients.finding;
import static dev.strixhalo.host.HostSamples.strixHalo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.host.HostSamples;
import org.junit.jupiter.api.Test;

class MemoryChecksTest {
    private static HostSamples memory(long vram, long gtt) {
        return strixHalo().with("gpu", """
                /sys/class/drm/card0/device/mem_info_vram_total:%d
                /sys/class/drm/card0/device/mem_info_gtt_total:%d
                """.formatted(vram, gtt));
    }

    @Test
    void aCarveOutIsAtMostHalfAGibibyte() {
        assertThat(finding("vram-carve-out", strixHalo()))
                .returns(Verdict.OK, Finding::verdict)
                .returns("512 MiB", Finding::found);
        assertThat(finding("vram-carve-out", memory(4L << 30, 124L << 30)))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("4096 MiB", Finding::found);
        // grep on a real machine without /sys/class/drm.
        assertThat(finding("vram-carve-out", strixHalo().ending("gpu", 2, "")).verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void theGpuReachesMostOfTheMemory() {
        assertThat(finding("gtt-size", strixHalo()))
                .returns(Verdict.OK, Finding::verdict)
                .returns("124.0 GiB of 125.0 GiB", Finding::found);
        assertThat(finding("gtt-size", memory(512L << 20, 110L << 30)).verdict())
                .isEqualTo(Verdict.WARN);
        // The kernel's own choice: half of the RAM.
        assertThat(finding("gtt-size", memory(512L << 20, 62L << 30)))
                .returns(Verdict.FAIL, Finding::verdict)
                .satisfies(f -> assertThat(f.fixes())
                        .containsExactly(
                                "sudo grubby --update-kernel=ALL \\\n--args='ttm.pages_limit=31457280'\nsudo reboot"));
        assertThat(finding("gtt-size", strixHalo().with("meminfo", "MemTotal: viel"))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void kernelArgumentsAreInForce() {
        assertThat(finding("kernel-arguments", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding(
                                "kernel-arguments",
                                strixHalo()
                                        .with(
                                                "arguments",
                                                "iommu=pt pci=noaer,realloc pcie_aspm=off amdgpu.gttsize=126976 ttm.pages_limit=32505856"))
                        .verdict())
                .isEqualTo(Verdict.OK);
        // Read on a real machine.
        assertThat(finding(
                        "kernel-arguments",
                        strixHalo()
                                .with("os-release", "ID=debian\nVERSION_ID=12")
                                .ending("boot-entries", 127, "")
                                .with("boot-defaults", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"")
                                .with("arguments", "console=ttyS0 quiet reboot=k panic=1 nomodule iommu=pt")))
                .returns(Verdict.WARN, Finding::verdict)
                .returns(
                        "without pci=realloc pcie_aspm=off amdgpu.gttsize=126976 ttm.pages_limit=32505856",
                        Finding::found)
                .satisfies(f -> assertThat(f.fixes().get(0))
                        .startsWith("add to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub:\npci=realloc ")
                        .contains("update-grub"));
        assertThat(finding("kernel-arguments", strixHalo().with("arguments", "quiet amd_iommu=pt")))
                .returns(Verdict.FAIL, Finding::verdict)
                .returns("iommu=pt", Finding::wanted);
        assertThat(finding("kernel-arguments", strixHalo().ending("arguments", 124, ""))
                        .verdict())
                .isEqualTo(Verdict.SKIP);
    }

    @Test
    void argumentsThatComeWithTheNextBootAreToldApart() {
        // /etc/default/grub as a machine with Debian 12 has it, with the arguments added by hand.
        var set = strixHalo()
                .with("arguments", "root=/dev/vda rw quiet iommu=pt")
                .failing("boot-entries", 127, "timeout: failed to run command 'grubby': No such file or directory")
                .ending("boot-defaults", 1, """
                        # If you change this file, run 'update-grub' afterwards to update /boot/grub/grub.cfg.
                        GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`
                        GRUB_CMDLINE_LINUX_DEFAULT="quiet iommu=pt pci=realloc \\
                        pcie_aspm=off"
                        # GRUB_CMDLINE_LINUX="never"
                        GRUB_CMDLINE_LINUX='ttm.pages_limit=32505856'
                        GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX amdgpu.gttsize=126976"
                        """);

        assertThat(finding("kernel-arguments", set))
                .returns(Verdict.WARN, Finding::verdict)
                .returns(
                        "set, but not yet in force: pci=realloc pcie_aspm=off amdgpu.gttsize=126976 ttm.pages_limit=32505856",
                        Finding::found)
                .satisfies(f -> assertThat(f.fixes()).containsExactly("sudo reboot"));
        // What is partly there is asked for in part.
        assertThat(finding(
                        "kernel-arguments",
                        strixHalo()
                                .with("arguments", "quiet")
                                .with("boot-entries", "args=\"ro iommu=pt\"\nargs=\"ro iommu=pt pci=realloc\"")))
                .satisfies(f -> assertThat(f.fixes().get(0))
                        .contains("--args='pci=realloc pcie_aspm=off")
                        .doesNotContain("iommu=pt"));
        assertThat(finding("kernel-arguments", strixHalo().with("arguments", "quiet amd_iommu=pt")))
                .satisfies(f -> assertThat(f.fixes().get(0)).contains("out of the boot loader already"));
    }

    @Test
    void killersSwapAndSuspendAreWarnedOf() {
        assertThat(finding("oom-killers", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        assertThat(finding("oom-killers", strixHalo().ending("services", 3, "active\ninactive")))
                .returns(Verdict.WARN, Finding::verdict)
                .satisfies(f -> assertThat(f.fixes()).containsExactly("sudo systemctl disable --now systemd-oomd"));
        assertThat(finding("oom-killers", strixHalo().failing("services", 1, "Failed to connect to bus: Host is down")))
                .returns(Verdict.SKIP, Finding::verdict)
                .returns("Failed to connect to bus: Host is down", Finding::found);

        assertThat(finding("swap", strixHalo()).found()).isEqualTo("none");
        // proc_swaps(5) with the device that Fedora makes.
        assertThat(finding("swap", strixHalo().with("swaps", """
                        Filename				Type		Size		Used		Priority
                        /dev/zram0                              partition	8388604		0		100
                        """)))
                .returns(Verdict.WARN, Finding::verdict)
                .returns("/dev/zram0", Finding::found);
        assertThat(finding("swap", strixHalo().with("swaps", "?")).verdict()).isEqualTo(Verdict.SKIP);

        assertThat(finding("suspend", strixHalo()).verdict()).isEqualTo(Verdict.OK);
        // Read on a real machine with Debian 12.
        assertThat(finding("suspend", strixHalo().with("suspend", "static")).verdict())
                .isEqualTo(Verdict.WARN);
        assertThat(finding("suspend", strixHalo().failing("suspend", 127, "")).found())
                .isEqualTo("'systemctl' is not installed");
    }
}
