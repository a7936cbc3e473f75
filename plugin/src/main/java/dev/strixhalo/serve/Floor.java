package dev.strixhalo.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.deploy.NodeContainer;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a launch finds on the nodes before it starts anything: containers of one image, how the nodes reach each other, and
 * whether an earlier launch is still there.
 */
final class Floor {
    private static final Duration LOOK = Duration.ofSeconds(60);
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

    private final Map<Node, Found> found;

    private Floor(Map<Node, Found> found) {
        this.found = found;
    }

    /** What one node has. */
    private record Found(NodeContainer container, NodeScript script, NodeNetwork network, JsonNode status) {}

    /** Looks at all nodes, side by side. */
    static Floor look(Nodes nodes, ServeSettings settings) throws StrixhaloException {
        var cluster = nodes.cluster();
        var found = nodes.onAll(connection -> {
            var container = container(connection, cluster.name());
            var script = new NodeScript(connection, container.name());
            var status = script.ask("status", "", LOOK).orFail("podman restart " + container.name());
            var network = NodeNetwork.of(connection, cluster.link());
            return new Found(container, script, network, status.json());
        });
        var floor = new Floor(new LinkedHashMap<>(found));
        floor.demandOneImage();
        if (settings.executor() == ExecutorKind.RAY) floor.demandTokens(settings.allowOldRay());
        return floor;
    }

    List<Member> members() {
        var members = new ArrayList<Member>();
        for (var each : found.values()) members.add(new Member(members.size(), each.script(), each.network()));
        return members;
    }

    List<LaunchRecord.Participant> participants() {
        return found.entrySet().stream()
                .map(e -> new LaunchRecord.Participant(
                        e.getKey().name(),
                        e.getKey().host(),
                        e.getValue().container().name(),
                        e.getValue().container().imageId(),
                        e.getValue().network().fabricInterface()))
                .toList();
    }

    /**
     * Removes what is left of launches that are over; refuses while one serves or is being made.
     *
     * @throws StrixhaloException that says what runs, since when, and by whom
     */
    void clear(Nodes nodes, Progress progress) throws StrixhaloException {
        var stale = new ArrayList<NodeScript>();
        var problems = new ArrayList<Problem>();
        found.forEach((node, each) -> {
            var left = Remains.of(each.status());
            if (left.nothing()) return;
            if (left.alive()) {
                problems.add(Problem.of("a launch %s here already: %s."
                                .formatted(left.ready() ? "runs" : "is under way", left.what()))
                        .on(node.name())
                        .found("launch %s by %s, since %s".formatted(left.id(), left.by(), left.since()))
                        .fix("end it first: mvn strixhalo:stop"));
            } else {
                stale.add(each.script());
            }
        });
        if (!problems.isEmpty()) throw new StrixhaloException(problems, "nothing was changed.", null);
        if (stale.isEmpty()) return;
        try (var step = progress.begin("clean")) {
            var left = new Stop(nodes).end(stale, null);
            if (!left.isEmpty()) throw new StrixhaloException(left, null, null);
            step.done("removed what a launch that broke had left on "
                    + String.join(", ", stale.stream().map(s -> s.node().name()).toList()));
        }
    }

    /** Refuses a folder that is not on every node, before anything is started. */
    void demandModel(Nodes nodes, ServeSettings settings) throws StrixhaloException {
        if (!settings.localModel()) return;
        var problems = new ArrayList<Problem>();
        nodes.onAll(connection -> Weights.folder(script(connection), settings))
                .values()
                .forEach(problem -> problem.ifPresent(problems::add));
        if (!problems.isEmpty()) throw new StrixhaloException(problems, "nothing was started.", null);
    }

    private NodeScript script(NodeConnection connection) {
        var here = found.get(connection.node());
        if (here == null)
            throw new IllegalStateException("no look at " + connection.node().name());
        return here.script();
    }

    private static NodeContainer container(NodeConnection connection, String cluster) throws StrixhaloException {
        var container = NodeContainer.current(connection, cluster)
                .orElseThrow(() -> Problem.of("cluster '%s' was never deployed to this node.".formatted(cluster))
                        .fix("mvn strixhalo:deploy")
                        .asException());
        if (container.running()) return container;
        throw Problem.of("container %s does not run; it ended with %s.".formatted(container.name(), container.how()))
                .fix("mvn strixhalo:deploy starts it again")
                .asException();
    }

    private void demandOneImage() throws StrixhaloException {
        var images = new LinkedHashSet<String>();
        found.values().forEach(each -> images.add(each.container().imageId()));
        if (images.size() == 1) return;
        var problem =
                Problem.of("The nodes run different images; ranks of different builds hang or give wrong answers.");
        for (var entry : found.entrySet()) {
            problem = problem.found(entry.getKey().name() + ": image ID "
                    + entry.getValue().container().imageId());
        }
        throw problem.fix("mvn strixhalo:deploy").asException();
    }

    private void demandTokens(boolean allowOld) throws StrixhaloException {
        var problems = new ArrayList<Problem>();
        found.forEach((node, each) -> {
            var version = each.status().path("software").path("ray").asText("");
            tokens(version, allowOld).ifPresent(problem -> problems.add(problem.on(node.name())));
        });
        if (!problems.isEmpty()) throw new StrixhaloException(problems, "nothing was changed.", null);
    }

    /**
     * What is wrong with this Ray: tokens came with 2.52, and without them whoever reaches a port of Ray's runs code.
     *
     * @param version  as its distribution tells it; empty where there is none
     * @param allowOld whether one without tokens is taken
     */
    static Optional<Problem> tokens(String version, boolean allowOld) {
        var match = VERSION.matcher(version);
        if (!match.matches()) {
            return Optional.of(Problem.of("the image has no Ray, which <executor>ray</executor> needs.")
                    .fix("<executor>mp</executor> does without"));
        }
        int major = Integer.parseInt(match.group(1));
        int minor = Integer.parseInt(match.group(2));
        if (allowOld || major > 2 || (major == 2 && minor >= 52)) return Optional.empty();
        return Optional.of(
                Problem.of("Ray %s knows no token: whoever reaches its ports can run code here.".formatted(version))
                        .fix("take an image with Ray 2.52 or newer, or <executor>mp</executor>")
                        .fix("<allowOldRay>true</allowOldRay>, where only trusted machines reach the node"));
    }
}
