package dev.strixhalo.doctor;

import dev.strixhalo.host.Gpu;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How much memory the GPU may use, and what takes memory or the machine itself away. */
final class MemoryChecks {
    private static final long GIB = 1L << 30;

    /** Often taken for iommu=pt; Linux knows no such value. */
    private static final String INVALID = "amd_iommu=pt";

    private MemoryChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.always(
                        "vram-carve-out",
                        Area.MEMORY,
                        "What the BIOS gives to the GPU alone is lost for everything else.",
                        "setup guide, section 4.4",
                        "Strix Halo has one memory for CPU and GPU. The carve-out of the BIOS (UMA frame buffer) should be the "
                                + "smallest, 512 MB: models lie in memory that both can reach (GTT).",
                        MemoryChecks::vram),
                Check.always(
                        "gtt-size",
                        Area.MEMORY,
                        "The GPU can hold no more of a model than the memory it may map (GTT).",
                        "setup guide, section 4.4; Linux kernel parameters, ttm and amdgpu",
                        "ttm.pages_limit (in pages of 4 KiB) decides, amdgpu.gttsize (in MiB) is its older form. Without them "
                                + "the kernel allows about half of the RAM.",
                        MemoryChecks::gtt),
                Check.always(
                        "kernel-arguments",
                        Area.MEMORY,
                        "The kernel needs these arguments to give the GPU its memory and the card its slot.",
                        "setup guide, section 4.4",
                        "Read is the command line of the running kernel (/proc/cmdline), and the boot loader's (grubby, or the "
                                + "defaults of GRUB), to tell what a reboot would bring. amd_iommu=pt is no argument of Linux, iommu=pt is.",
                        MemoryChecks::arguments),
                Check.always(
                        "oom-killers",
                        Area.MEMORY,
                        "systemd-oomd and earlyoom kill what uses most memory, and that is the model.",
                        "systemd-oomd.service(8)",
                        "On unified memory the weights count as used RAM. systemd-oomd, Fedora's default, kills whole units "
                                + "under user@UID.service, where rootless containers run.",
                        MemoryChecks::oom),
                Check.always(
                        "swap",
                        Area.MEMORY,
                        "With swap a full memory freezes the machine for minutes instead of ending one program.",
                        "proc_swaps(5); zram-generator.conf(5)",
                        "A swap in compressed memory (zram) takes RAM from the very memory that is short.",
                        MemoryChecks::swap),
                Check.always(
                        "suspend",
                        Area.MEMORY,
                        "A node that suspends takes the model with it; GNOME suspends after 15 minutes.",
                        "systemd.special(7), suspend.target",
                        "Masking suspend.target forbids it to everyone, whatever desktop is installed.",
                        MemoryChecks::suspend));
    }

    private static Judgement vram(Subject subject) {
        long most = subject.wanted().vramBytes();
        return Judgement.of(
                subject.facts().gpu(),
                gpu -> Judgement.okOrWarn(
                        gpu.vram() <= most,
                        mib(gpu.vram()),
                        "at most " + mib(most),
                        "in the BIOS: set the UMA frame buffer size to 512 MB"));
    }

    private static Judgement gtt(Subject subject) {
        var facts = subject.facts();
        if (facts.gpu().value() == null) return Judgement.skip(facts.gpu().reason());
        return Judgement.of(facts.memory(), memory -> {
            long gtt = facts.gpu().map(Gpu::gtt).find().orElse(0L);
            long least = (long) (memory * subject.wanted().gttShare());
            // The kernel keeps some of 128 GiB for itself; a machine with less can never reach what those with 128 do.
            long good = memory >= 120 * GIB ? subject.wanted().gttBytes() : memory * 9 / 10;
            var found = gib(gtt) + " of " + gib(memory);
            var wanted = "at least " + gib(good);
            var fix = subject.bootWith("ttm.pages_limit=" + Math.max(good, 1) / 4096);
            if (gtt < least) return Judgement.fail(found, wanted, fix);
            return Judgement.okOrWarn(gtt >= good, found, wanted, fix);
        });
    }

    private static String gib(long bytes) {
        return String.format(Locale.ROOT, "%.1f GiB", (double) bytes / GIB);
    }

    /** As BIOS menus count. */
    private static String mib(long bytes) {
        return (bytes >> 20) + " MiB";
    }

    private static Judgement arguments(Subject subject) {
        var wanted = subject.wanted().kernelArguments();
        var next = subject.facts().pending().arguments().find();
        return Judgement.of(subject.facts().arguments(), arguments -> {
            if (arguments.contains(INVALID)) {
                var fix = next.isPresent() && !next.get().contains(INVALID)
                        ? "it is out of the boot loader already: sudo reboot"
                        : "remove amd_iommu=pt; then " + subject.bootWith("iommu=pt");
                return Judgement.fail(INVALID + ", which is none", "iommu=pt", fix);
            }
            var missing = new ArrayList<>(wanted);
            missing.removeIf(argument -> holds(arguments, argument));
            var all = String.join(" ", wanted);
            if (missing.isEmpty()) return Judgement.ok("all there", all);
            var unset = new ArrayList<>(missing);
            next.ifPresent(coming -> unset.removeIf(argument -> holds(coming, argument)));
            if (unset.isEmpty()) {
                return Judgement.warn(Judgement.NOT_YET + String.join(" ", missing), all, "sudo reboot");
            }
            return Judgement.warn(
                    "without " + String.join(" ", missing), all, subject.bootWith(String.join(" ", unset)));
        });
    }

    /** Values may stand in a list with commas: {@code pci=realloc,noaer} holds {@code pci=realloc}. */
    private static boolean holds(List<String> arguments, String wanted) {
        var parts = wanted.split("=", 2);
        if (parts.length < 2) return arguments.contains(wanted);
        return arguments.stream()
                .filter(argument -> argument.startsWith(parts[0] + "="))
                .anyMatch(argument -> List.of(
                                argument.substring(parts[0].length() + 1).split(","))
                        .contains(parts[1]));
    }

    private static Judgement oom(Subject subject) {
        return Judgement.of(subject.facts().services(), services -> {
            var active = services.entrySet().stream()
                    .filter(e -> e.getValue().equals("active"))
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            return Judgement.okOrWarn(
                    active.isEmpty(),
                    active.isEmpty() ? "none runs" : String.join(" ", active),
                    "none runs",
                    "sudo systemctl disable --now " + String.join(" ", active));
        });
    }

    private static Judgement swap(Subject subject) {
        return Judgement.of(
                subject.facts().swaps(),
                swaps -> Judgement.okOrWarn(
                        swaps.isEmpty(),
                        swaps.isEmpty() ? "none" : String.join(" ", swaps),
                        "none",
                        swaps.stream().anyMatch(s -> s.contains("zram"))
                                ? "sudo touch /etc/systemd/zram-generator.conf && sudo swapoff -a"
                                : "sudo swapoff -a; and comment its line in /etc/fstab out"));
    }

    private static Judgement suspend(Subject subject) {
        return Judgement.of(
                subject.facts().suspend(),
                state -> Judgement.okOrWarn(
                        state.equals("masked"),
                        "suspend.target " + state,
                        "masked",
                        "sudo systemctl mask sleep.target suspend.target"));
    }
}
