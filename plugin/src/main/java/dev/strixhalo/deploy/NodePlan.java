package dev.strixhalo.deploy;

import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.NodeFacts;
import dev.strixhalo.host.Podman;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a deploy has to do on one node; made from facts alone.
 *
 * @param node      the node
 * @param facts     what was found there
 * @param base      how its base comes
 * @param image     whether our layers have to come
 * @param container what becomes of the container
 * @param name      of the container that is to run
 * @param running   the container of the cluster that runs now
 */
record NodePlan(
        Node node,
        NodeFacts facts,
        Base base,
        boolean image,
        Container container,
        String name,
        Optional<Podman.Container> running) {
    /** How the base comes. */
    enum Base {
        /** The node has it. */
        THERE,
        /** The node pulls it from where it comes from. */
        NODE,
        /** The node gets it through us. */
        OPERATOR,
        /** It comes with the image, from the user's own registry. */
        WITH_IMAGE
    }

    /** What becomes of the container. */
    enum Container {
        /** It runs as wanted. */
        RUNS,
        /** It is there as wanted and has to be started. */
        START,
        /** It has to be made. */
        CREATE
    }

    /** @param otherwise how the base comes to a node that does not have it */
    static NodePlan of(Node node, NodeFacts facts, Target target, Base otherwise) {
        var podman = facts.podman().orElseThrow();
        boolean imageThere = podman.images().stream().anyMatch(i -> i.id().equals(target.imageId()));
        boolean baseThere =
                imageThere || podman.images().stream().anyMatch(i -> startsWith(i.layers(), target.baseLayers()));
        var ours = podman.containers().stream()
                .filter(c -> target.matches(c.labels(), node))
                .toList();
        var wanted = ours.stream()
                .filter(c -> c.running() || List.of("exited", "stopped").contains(c.state()))
                .max(Comparator.comparing(Podman.Container::running).thenComparing(Podman.Container::created));
        var base = baseThere ? Base.THERE : otherwise;
        var action =
                wanted.map(c -> c.running() ? Container.RUNS : Container.START).orElse(Container.CREATE);
        return new NodePlan(
                node,
                facts,
                base,
                !imageThere,
                action,
                wanted.map(Podman.Container::name).orElseGet(() -> freeName(podman, target)),
                podman.containers().stream().filter(Podman.Container::running).findFirst());
    }

    boolean nothingToDo() {
        return base == Base.THERE && !image && container == Container.RUNS && !endsWithLogin();
    }

    /** Whether the user's processes would end with the login, which is to be changed before anything runs there. */
    boolean endsWithLogin() {
        return facts.linger() == NodeFacts.Linger.DISABLED;
    }

    /** Whether another container of ours runs there, which a switch would stop. */
    boolean replaces() {
        return running.isPresent() && !running.get().name().equals(name);
    }

    /** What the switch would end on this node. */
    Optional<Served> ends() {
        return replaces() ? Served.of(facts) : Optional.empty();
    }

    Map<String, String> labels(Target target) {
        return target.labels(node);
    }

    private static boolean startsWith(List<String> layers, List<String> lowest) {
        return layers.size() >= lowest.size()
                && layers.subList(0, lowest.size()).equals(lowest);
    }

    /** The plain name, or, where a container with other settings has it, one with a part of the settings' digest. */
    private static String freeName(Podman podman, Target target) {
        var plain = target.plainName();
        boolean taken = podman.containers().stream()
                .anyMatch(c -> c.name().equals(plain)
                        && !target.settings().equals(c.labels().get(dev.strixhalo.run.PodmanFlags.SETTINGS_LABEL)));
        return taken ? plain + "-" + target.settings().substring(0, 4) : plain;
    }
}
