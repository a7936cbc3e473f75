package dev.strixhalo.deploy;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.ByHand;
import dev.strixhalo.host.DeviceAccess;
import dev.strixhalo.host.NodeFacts;
import dev.strixhalo.host.Podman;
import dev.strixhalo.host.Subordinates;
import dev.strixhalo.run.ContainerSpec;
import dev.strixhalo.run.Memlock;
import java.util.ArrayList;
import java.util.List;

/** Judges whether a node can run the container: facts in, problems out; nothing is asked of the node. */
final class Readiness {
    private Readiness() {}

    /** Everything that keeps this node from running the container. */
    static List<Problem> judge(Node node, NodeFacts facts, ContainerSpec spec, Link link) {
        var problems = new ArrayList<Problem>();
        podman(facts, problems);
        devices(facts, link, problems);
        memlock(facts, spec, link, problems);
        try {
            facts.fabric(node);
        } catch (StrixhaloException e) {
            problems.addAll(e.problems());
        }
        if (node.fabric().address().equals(facts.lanAddress())) {
            problems.add(
                    Problem.of("<host> %s leads to the fabric address %s.".formatted(node.host(), facts.lanAddress()))
                            .fix("<host> is the address on the LAN; the fabric carries tensors only"));
        }
        return problems.stream().map(p -> p.on(node.name())).toList();
    }

    private static void podman(NodeFacts facts, List<Problem> problems) {
        if (facts.podman().isEmpty()) {
            problems.add(
                    Problem.of("podman is not installed.")
                            .fix(ByHand.PREPARE)
                            .fix(
                                    "Fedora: sudo dnf install podman crun    Debian, Ubuntu: sudo apt-get install podman crun uidmap"));
            return;
        }
        var podman = facts.podman().get();
        if (!podman.recent()) {
            problems.add(Problem.of("podman is too old: %s.".formatted(podman.version()))
                    .fix("install podman %s or newer".formatted(Podman.OLDEST)));
        }
        if (!podman.rootless()) {
            problems.add(Problem.of("podman runs as root there.")
                    .found("logged in as " + facts.user())
                    .fix(ByHand.rootless()));
        } else {
            for (var ids : List.of(new Ids("subuid", facts.subuid()), new Ids("subgid", facts.subgid()))) {
                if (ids.count >= Subordinates.NEEDED) continue;
                problems.add(Problem.of("%s has %d subordinate IDs in /etc/%s; rootless containers need %d."
                                .formatted(facts.user(), ids.count, ids.file, Subordinates.NEEDED))
                        .fix(ByHand.PREPARE)
                        .fix(ByHand.subordinates(facts.subordinates(), facts.user(), List.of(ids.file))));
            }
        }
        if (!podman.keepsGroups()) {
            problems.add(
                    Problem.of(
                                    "podman runs containers with %s, which cannot keep the user's groups; the GPU would stay closed."
                                            .formatted(podman.runtime()))
                            .fix(ByHand.PREPARE)
                            .fix(
                                    "install crun and set runtime=\"crun\" under [engine] in ~/.config/containers/containers.conf"));
        }
        if (!podman.overlay()) {
            problems.add(Problem.of(
                            "podman keeps images with the storage driver %s; every container would copy the whole image."
                                    .formatted(podman.storageDriver()))
                    .fix(ByHand.overlay()));
        }
    }

    private record Ids(String file, long count) {}

    private static void devices(NodeFacts facts, Link link, List<Problem> problems) {
        for (var device : facts.devices()) {
            switch (device.state()) {
                case OPEN -> {}
                case MISSING -> problems.add(missing(device, link));
                case EMPTY ->
                    problems.add(Problem.of("%s holds no device.".formatted(device.path()))
                            .fix("load the driver; see dmesg for why it made none"));
                case DENIED ->
                    problems.add(Problem.of("%s is closed to %s.".formatted(device.path(), facts.user()))
                            .found(device.detail())
                            .found("groups of this login: " + String.join(" ", facts.groups()))
                            .fix(ByHand.PREPARE)
                            .fix(ByHand.groups(facts.user())
                                    + "; a user manager that lingers too:\n"
                                    + ByHand.restartManager(facts.user())));
            }
        }
    }

    private static Problem missing(DeviceAccess device, Link link) {
        var problem = Problem.of("%s is not there.".formatted(device.path()));
        return switch (device.path()) {
            case "/dev/kfd", "/dev/dri" ->
                problem.fix("load the driver: sudo modprobe amdgpu   (kernel 6.18.4 or newer)");
            case "/dev/infiniband" ->
                problem.fix("load the driver: sudo modprobe irdma ib_uverbs; install rdma-core")
                        .fix("say that the nodes talk over plain sockets: <link>tcp</link>, now " + link.text());
            default -> problem.fix("make it there, or take it out of <devices>");
        };
    }

    private static void memlock(NodeFacts facts, ContainerSpec spec, Link link, List<Problem> problems) {
        Memlock wanted = spec.memlock();
        if (wanted == null || facts.memlock().allows(wanted)) return;
        problems.add(Problem.of("memlock is limited to %s; %s."
                        .formatted(
                                facts.memlock(),
                                wanted.unlimited() && link.rdma()
                                        ? "RDMA needs it unlimited"
                                        : "the container is to have " + wanted))
                .found("hard limit of a new login of '%s': %s".formatted(facts.user(), facts.memlock()))
                .fix(ByHand.PREPARE)
                .fix(ByHand.limit(facts.user(), "memlock unlimited"))
                .fix("ask for less: <memlock>%d</memlock>"
                        .formatted(facts.memlock().bytes())));
    }

    /**
     * Whether there is room: what is downloaded waits in one folder and is unpacked in another.
     *
     * @param compressed bytes that have to come
     * @param unpacked   bytes that they become; three times as much where nobody knows
     */
    static List<Problem> room(Node node, Podman podman, long compressed, long unpacked) {
        var problems = new ArrayList<Problem>();
        long waiting = compressed + compressed / 10;
        long lasting = unpacked + unpacked / 10;
        if (podman.oneFileSystem()) {
            lack(podman.graphRootFree(), waiting + lasting, podman.graphRoot(), problems);
        } else {
            lack(podman.imageCopyFree(), waiting, podman.imageCopyFolder(), problems);
            lack(podman.graphRootFree(), lasting, podman.graphRoot(), problems);
        }
        return problems.stream().map(p -> p.on(node.name())).toList();
    }

    private static void lack(long free, long needed, String folder, List<Problem> problems) {
        if (free >= needed) return;
        problems.add(Problem.of("there is not enough room for the image in %s: %s free, %s needed."
                        .formatted(folder, Amount.bytes(free), Amount.bytes(needed)))
                .fix("podman image prune   removes images that no container uses; df -h " + folder));
    }
}
