package dev.strixhalo.doctor;

import dev.strixhalo.base.Amount;
import java.util.List;

/** Podman's storage and runtime, the room for weights, and what earlier work left behind. */
final class ContainerChecks {
    private ContainerChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.always(
                        "storage-driver",
                        Area.CONTAINER,
                        "Other drivers than overlay copy the whole image for every layer and container.",
                        "CHECKS: Container",
                        "'podman info' names the driver; vfs is chosen where overlay cannot be mounted.",
                        ContainerChecks::storage),
                Check.always(
                        "runtime",
                        Area.CONTAINER,
                        "Only crun lets a rootless container keep the groups render and video.",
                        "CHECKS: Container; FIELD §1",
                        "--group-add keep-groups is what gives the container the GPU, and runc does not know it.",
                        ContainerChecks::runtime),
                Check.always(
                        "weights-room",
                        Area.DISK,
                        "Weights that do not fit end a launch after a long download.",
                        "CHECKS: Disk",
                        "Measured is the file system of the cache of Hugging Face (HF_HOME, else ~/.cache/huggingface). Which "
                                + "model will be launched is not known here; its size comes on top.",
                        ContainerChecks::room),
                Check.always(
                        "login-environment",
                        Area.LEFTOVERS,
                        "Settings of NCCL and Ray that every login inherits overrule what launch sets.",
                        "CHECKS: Left-overs; FIELD §4",
                        "A forgotten NCCL_PROTO has cost 30 % once. Looked for are NCCL_*, RCCL_* and RAY_* in a login shell; "
                                + "only names are read, never values.",
                        ContainerChecks::environment));
    }

    private static Judgement storage(Subject subject) {
        return Judgement.of(
                subject.facts().podman(),
                podman -> Judgement.okOrFail(
                        podman.storageDriver().equals("overlay"),
                        podman.storageDriver().isEmpty() ? "not told" : podman.storageDriver(),
                        "overlay",
                        "set driver = \"overlay\" in ~/.config/containers/storage.conf, then: podman system reset (removes all images)"));
    }

    private static Judgement runtime(Subject subject) {
        return Judgement.of(
                subject.facts().podman(),
                podman -> Judgement.okOrFail(
                        podman.runtime().equals("crun"),
                        podman.runtime().isEmpty() ? "not told" : podman.runtime(),
                        "crun",
                        subject.install("crun", "crun")));
    }

    private static Judgement room(Subject subject) {
        long least = subject.wanted().diskBytes();
        return Judgement.of(
                subject.facts().weightsFree(),
                free -> Judgement.okOrWarn(
                        free >= least,
                        Amount.bytes(free) + " free",
                        Amount.bytes(least) + " and the model",
                        "make room, or set HF_HOME to a larger disk"));
    }

    private static Judgement environment(Subject subject) {
        return Judgement.of(
                subject.facts().foreign(),
                names -> Judgement.okOrWarn(
                        names.isEmpty(),
                        names.isEmpty() ? "none" : String.join(" ", names),
                        "none",
                        "take them out of ~/.bashrc, ~/.profile and /etc/profile.d"));
    }
}
