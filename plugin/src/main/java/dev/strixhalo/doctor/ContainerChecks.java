package dev.strixhalo.doctor;

import dev.strixhalo.base.Amount;
import dev.strixhalo.host.ByHand;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.host.Podman;
import dev.strixhalo.host.Reading;
import java.util.List;
import java.util.stream.Collectors;

/** Podman's storage and runtime, what the nodes run, and the room for weights. */
final class ContainerChecks {
    private ContainerChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.always(
                        "storage-driver",
                        Area.CONTAINER,
                        "Other drivers than overlay copy the whole image for every layer and container.",
                        "containers-storage.conf(5); podman-info(1)",
                        "'podman info' names the driver; vfs is chosen where overlay cannot be mounted.",
                        ContainerChecks::storage),
                Check.always(
                        "runtime",
                        Area.CONTAINER,
                        "Only crun lets a rootless container keep the groups render and video.",
                        "podman-run(1), --group-add keep-groups",
                        "--group-add keep-groups is what gives the container the GPU, and runc does not know it.",
                        ContainerChecks::runtime),
                Check.always(
                        "rootless",
                        Area.CONTAINER,
                        "Containers run as the plain user who owns the caches; root's podman has other images and folders.",
                        "podman(1), rootless mode",
                        "'podman info' tells whether it runs without root. Its network does not matter: the containers use "
                                + "the node's own (--network host).",
                        ContainerChecks::rootless),
                Check.always(
                        "graph-disk",
                        Area.CONTAINER,
                        "Images lie where podman's graph root is; a tmpfs is lost at boot, and NFS cannot hold overlays.",
                        "podman(1), note on unsupported file systems; containers-storage.conf(5)",
                        "Looked at is the file system of the graph root that 'podman info' names. Room is asked for as long "
                                + "as the cluster has no container there.",
                        ContainerChecks::graph),
                Check.always(
                        "same-image",
                        Area.CONTAINER,
                        "Ranks of different builds hang or give wrong answers.",
                        "setup guide, section 5.2 (on both nodes)",
                        "Compared are the IDs of the images of the cluster's containers that run.",
                        s -> s.sameOnAll(ContainerChecks::image, false, "mvn strixhalo:deploy")),
                Check.rdma(
                        "same-rccl",
                        Area.CONTAINER,
                        "RCCL speaks to itself only: both ranks have to load the same build.",
                        "setup guide, section 5.2",
                        "Compared are the checksums of librccl in the containers that run, as they are now, not as the image "
                                + "has them.",
                        s -> s.sameOnAll(ContainerChecks::rccl, false, "mvn strixhalo:deploy")),
                Check.always(
                        "same-environment",
                        Area.CONTAINER,
                        "Variables steer what vLLM, torch and RCCL do; ranks that do different things hang or give wrong answers.",
                        "podman-run(1), --env; containers.conf(5), env",
                        "Compared are the variables that the containers that run were made with ('podman inspect'), by digests, "
                                + "since a value may be a secret. Left out are HOSTNAME and values that are the node's own name or "
                                + "address. deploy gives all nodes the same; a node's containers.conf may add to it.",
                        SameEverywhere::environment),
                Check.always(
                        "same-model",
                        Area.CONTAINER,
                        "Ranks that load different commits of a model give wrong answers, or find layers of other shapes.",
                        "documentation of huggingface_hub, cache-system reference (refs/main)",
                        "Compared are the commits that refs/main names in the cache of Hugging Face, of the models that two nodes "
                                + "have. A difference fails for the model that was launched last, and warns for others. With the "
                                + "hub in reach a launch fetches the newest commit on every node.",
                        SameEverywhere::model),
                Check.always(
                        "weights-room",
                        Area.DISK,
                        "Weights that do not fit end a launch after a long download.",
                        "setup guide, section 6.2",
                        "Measured is the file system of the cache of Hugging Face (~/.cache/huggingface), which deploy gives to the "
                                + "container. Which "
                                + "model will be launched is not known here; its size comes on top.",
                        ContainerChecks::room),
                Check.always(
                        "weights-disk",
                        Area.DISK,
                        "Weights are read as a whole at every launch; over a network or from a turning disk that takes minutes.",
                        "setup guide, section 6.2; findmnt(8), lsblk(8)",
                        "Looked at is the file system of the cache of Hugging Face, and whether its disk turns.",
                        ContainerChecks::weightsDisk));
    }

    private static Judgement storage(Subject subject) {
        return Judgement.of(
                subject.facts().podman(),
                podman -> Judgement.okOrFail(
                        podman.overlay(),
                        podman.storageDriver().isEmpty() ? "not told" : podman.storageDriver(),
                        "overlay",
                        ByHand.overlay()));
    }

    private static Judgement runtime(Subject subject) {
        return Judgement.of(
                subject.facts().podman(),
                podman -> Judgement.okOrFail(
                        podman.keepsGroups(),
                        podman.runtime().isEmpty() ? "not told" : podman.runtime(),
                        "crun",
                        subject.install("crun", "crun")));
    }

    private static Judgement rootless(Subject subject) {
        return Judgement.of(
                subject.facts().podman(),
                podman -> Judgement.okOrFail(
                        podman.rootless(),
                        podman.rootless() ? "without root" : "root's podman, as " + subject.user(),
                        "without root",
                        ByHand.rootless()));
    }

    private static Judgement graph(Subject subject) {
        return Judgement.of(subject.facts().graphDisk(), disk -> {
            boolean deployed = subject.facts()
                    .podman()
                    .find()
                    .map(podman -> !podman.containers().isEmpty())
                    .orElse(false);
            long least = subject.wanted().imageBytes();
            var found = "%s, %s free".formatted(disk.type(), Amount.bytes(disk.free()));
            var wanted = "a disk of the node, %s free for the image".formatted(Amount.bytes(least));
            if (disk.volatileOrRemote()) {
                return Judgement.fail(
                        found,
                        wanted,
                        "set graphroot=\"/a/folder/on/disk\" under [storage] in ~/.config/containers/storage.conf");
            }
            return Judgement.okOrFail(
                    deployed || disk.free() >= least,
                    found,
                    wanted,
                    "podman image prune   removes images that no container uses; then see: df -h");
        });
    }

    private static Reading<String> image(HostFacts facts) {
        return facts.podman()
                .fold(
                        podman -> podman.containers().stream()
                                .filter(Podman.Container::running)
                                .findFirst()
                                .map(container -> Reading.of(brief(container.imageId())))
                                .orElse(Reading.absent("no container of the cluster runs here yet")),
                        Reading::absent);
    }

    private static String brief(String digest) {
        return digest.length() > 19 ? digest.substring(0, 19) : digest;
    }

    private static Reading<String> rccl(HostFacts facts) {
        return facts.inside()
                .fold(
                        inside -> inside.rccl().isEmpty()
                                ? Reading.absent("no librccl where images have it")
                                : Reading.of(inside.rccl().values().stream()
                                        .map(sum -> sum.substring(0, 12))
                                        .distinct()
                                        .sorted()
                                        .collect(Collectors.joining(" "))),
                        Reading::absent);
    }

    private static Judgement weightsDisk(Subject subject) {
        return Judgement.of(
                subject.facts().weightsDisk(),
                disk -> Judgement.okOrWarn(
                        !disk.remote() && !disk.rotating(),
                        disk.type() + (disk.rotating() ? " on a turning disk" : ""),
                        "a flash disk of the node",
                        "move ~/.cache/huggingface to the node's own NVMe disk and leave a link to it there"));
    }

    private static Judgement room(Subject subject) {
        long least = subject.wanted().diskBytes();
        return Judgement.of(
                subject.facts().weightsFree(),
                free -> Judgement.okOrWarn(
                        free >= least,
                        Amount.bytes(free) + " free",
                        Amount.bytes(least) + " and the model",
                        "make room, or move ~/.cache/huggingface to a larger disk and leave a link to it there"));
    }
}
