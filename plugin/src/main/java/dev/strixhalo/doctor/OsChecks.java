package dev.strixhalo.doctor;

import dev.strixhalo.host.HostFacts;
import dev.strixhalo.host.Reading;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Distribution, kernel, firmware, GPU and clock. */
final class OsChecks {
    /** Since when the stack was seen to work on each. */
    private static final Map<String, String> KNOWN = Map.of("fedora", "43", "ubuntu", "24.04", "debian", "12");

    private static final String SOURCE = "setup guide, section 4";

    private OsChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.always(
                        "os-release",
                        Area.OS,
                        "The stack was tried on these distributions only.",
                        SOURCE,
                        "Fedora 43 is what the setup guide uses; Ubuntu from 24.04 and Debian from 12 were seen working. Others "
                                + "may do as well, but their packages and paths are not known here.",
                        OsChecks::release),
                Check.always(
                        "kernel-version",
                        Area.OS,
                        "Older kernels let the GPU's scheduler (MES) hang under load.",
                        "setup guide, section 4 (it ran 6.18.5 and 6.18.6)",
                        "With kernels before 6.18.4 compute jobs on gfx1151 hang now and then, and only a reboot helps. The "
                                + "version is that of the running kernel (uname -r).",
                        OsChecks::kernel),
                Check.always(
                        "linux-firmware",
                        Area.OS,
                        "Older GPU firmware hangs under load.",
                        "linux-firmware, WHENCE and history of amdgpu",
                        "The firmware of the GPU comes with the package linux-firmware (Fedora: amd-gpu-firmware, Debian: "
                                + "firmware-amd-graphics), whose version is a date.",
                        OsChecks::firmware),
                Check.always(
                        "gpu-target",
                        Area.OS,
                        "All kernels of the image are made for gfx1151, the GPU of Strix Halo.",
                        "setup guide, section 3; Linux, drivers/gpu/drm/amd/amdkfd/kfd_topology.c",
                        "The GPU is taken from /sys/class/kfd, the list of what ROCm can use. When it is empty, the driver "
                                + "amdgpu is not loaded or the machine has no such GPU.",
                        OsChecks::gpu),
                Check.always(
                        "clock",
                        Area.OS,
                        "Tokens, certificates and logs of nodes with different clocks do not fit together.",
                        "timedatectl(1)",
                        "Each node's clock is compared with the clock of this machine in the same round trip, so a difference "
                                + "of a second may be the way there. Compared are the nodes, not this machine.",
                        OsChecks::clock),
                Check.always(
                        "same-kernel",
                        Area.OS,
                        "Both ranks should stand on the same driver.",
                        "setup guide, section 4",
                        "Drivers of GPU and card come with the kernel. Different ones were seen to work, but what fails then "
                                + "fails on one node only.",
                        s -> s.sameOnAll(
                                HostFacts::kernel,
                                true,
                                s.install("kernel", "linux-image-amd64", "linux-generic-hwe-24.04"))),
                Check.always(
                        "same-firmware",
                        Area.OS,
                        "GPUs with different firmware answer differently under load.",
                        "setup guide, section 4",
                        "Compared is the version of the package that holds the firmware of the GPU.",
                        s -> s.sameOnAll(
                                OsChecks::gpuFirmware,
                                true,
                                s.install("amd-gpu-firmware", "firmware-amd-graphics", "linux-firmware"))));
    }

    private static Judgement release(Subject subject) {
        return Judgement.of(subject.facts().os(), os -> {
            var least = KNOWN.get(os.id());
            var wanted = KNOWN.entrySet().stream()
                    .map(e -> e.getKey() + " " + e.getValue())
                    .sorted()
                    .collect(Collectors.joining(", ", "at least ", ""));
            // Debian's testing and unstable carry no version; they are newer than any that is named here.
            boolean fit = least != null && (os.version().isEmpty() || Versions.atLeast(os.version(), least));
            return Judgement.okOrWarn(
                    fit, os.brief(), wanted, "see whether the other checks pass; if they do, leave it as it is");
        });
    }

    private static Judgement kernel(Subject subject) {
        var wanted = subject.wanted().kernel();
        return Judgement.of(
                subject.facts().kernel(),
                kernel -> Judgement.okOrWarn(
                        Versions.comparable(kernel) && Versions.atLeast(kernel, wanted),
                        kernel,
                        wanted + " or newer",
                        subject.install(
                                "kernel && sudo reboot",
                                "linux-image-amd64 && sudo reboot",
                                "linux-generic-hwe-24.04 && sudo reboot")));
    }

    private static Judgement firmware(Subject subject) {
        var wanted = subject.wanted().linuxFirmware();
        return Judgement.of(subject.facts().packages(), packages -> {
            var fix = subject.install("linux-firmware amd-gpu-firmware", "firmware-amd-graphics", "linux-firmware");
            return gpuFirmware(subject.facts())
                    .fold(
                            version -> Judgement.okOrWarn(
                                    Versions.atLeast(version, wanted), version, wanted + " or newer", fix),
                            reason -> Judgement.warn(reason, wanted + " or newer", fix));
        });
    }

    /** The version of the first package that holds it; Fedora has parted the GPU's from all other firmware. */
    private static Reading<String> gpuFirmware(HostFacts facts) {
        return facts.packages()
                .fold(
                        packages -> Stream.of("amd-gpu-firmware", "firmware-amd-graphics", "linux-firmware")
                                .filter(packages::containsKey)
                                .findFirst()
                                .map(name -> Reading.of(packages.getOrDefault(name, "")))
                                .orElse(Reading.absent("not installed as a package")),
                        Reading::absent);
    }

    private static Judgement gpu(Subject subject) {
        return Judgement.of(subject.facts().gpuTargets(), targets -> {
            if (targets.isEmpty()) {
                return Judgement.fail(
                        "no GPU for ROCm", "gfx1151", "sudo modprobe amdgpu; then see: sudo dmesg | grep amdgpu");
            }
            return Judgement.okOrFail(
                    targets.contains("gfx1151"),
                    String.join(" ", targets),
                    "gfx1151",
                    "use a machine with Strix Halo (Ryzen AI Max)");
        });
    }

    private static Judgement clock(Subject subject) {
        return Judgement.of(subject.facts().clockAhead(), mine -> {
            long worst = 0;
            int compared = 0;
            for (var other : subject.all().entrySet()) {
                var its = other.getValue().clockAhead().find();
                if (other.getKey().equals(subject.node()) || its.isEmpty()) continue;
                compared++;
                if (Math.abs(mine - its.get()) > Math.abs(worst)) worst = mine - its.get();
            }
            if (compared == 0) return Judgement.skip("no other node to compare with");
            long apart = Math.abs(worst);
            var found = apart == 0 ? "equal" : "%d s %s".formatted(apart, worst > 0 ? "ahead" : "behind");
            var fix = "sudo timedatectl set-ntp true";
            var wanted = "at most 2 s apart";
            if (apart > 60) return Judgement.fail(found, wanted, fix);
            return Judgement.okOrWarn(apart <= 2, found, wanted, fix);
        });
    }
}
