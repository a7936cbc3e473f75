package dev.strixhalo.serve;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Ends a launch on all nodes: first vLLM, then Ray's workers, then its head, so that each can say goodbye to what it leans
 * on. The node script proves that processes, ports and shared memory are gone.
 */
public final class Stop {
    private static final Duration TIME = Duration.ofSeconds(200);

    private final Nodes nodes;

    public Stop(Nodes nodes) {
        this.nodes = nodes;
    }

    /** Ends what runs, whoever launched it; harmless when nothing does. */
    public void run(Progress progress) throws StrixhaloException {
        try (var step = progress.begin("stop")) {
            var found = nodes.onAll(this::running);
            var scripts = found.values().stream().flatMap(Optional::stream).toList();
            var launches = scripts.stream().map(script -> script.node().name()).toList();
            if (scripts.isEmpty()) {
                step.done("nothing runs on "
                        + String.join(
                                ", ",
                                nodes.cluster().nodes().stream()
                                        .map(n -> n.name())
                                        .toList()));
                return;
            }
            step.note(null, "vLLM and Ray end on " + String.join(", ", launches));
            var left = end(scripts);
            if (!left.isEmpty()) throw new StrixhaloException(left, "what is named above is still there", null);
            step.done("%s: processes, ports and shared memory are gone".formatted(String.join(", ", launches)));
        }
    }

    /** The node script of this node, if a launch is there; a supervisor that does not answer may have one. */
    private Optional<NodeScript> running(NodeConnection connection) throws StrixhaloException {
        var container =
                NodeContainer.current(connection, nodes.cluster().name()).filter(NodeContainer::running);
        if (container.isEmpty()) return Optional.empty();
        var script = new NodeScript(connection, container.get().name());
        var status = script.ask("status", "", Duration.ofSeconds(30));
        return status.ok() && status.json().path("launch").isNull() ? Optional.empty() : Optional.of(script);
    }

    /** Ends the launch that these node scripts own; returns what could not be ended. */
    List<Problem> end(List<NodeScript> scripts) {
        var left = new ArrayList<Problem>();
        if (scripts.isEmpty()) return left;
        var head = nodes.head().node();
        left.addAll(each(scripts, "vllm"));
        left.addAll(each(scripts.stream().filter(s -> !s.node().equals(head)).toList()));
        left.addAll(each(scripts.stream().filter(s -> s.node().equals(head)).toList()));
        return left;
    }

    private List<Problem> each(List<NodeScript> scripts, String... arguments) {
        try {
            var answers = nodes.onAll(connection -> {
                for (var script : scripts) {
                    if (script.connection() == connection) {
                        var answer = script.ask("stop", "", TIME, arguments);
                        return answer.ok()
                                ? List.<Problem>of()
                                : List.of(answer.problem(
                                        "restart the container, which ends all: podman restart " + script.container()));
                    }
                }
                return List.<Problem>of();
            });
            return answers.values().stream().flatMap(List::stream).toList();
        } catch (StrixhaloException e) {
            // A node that cannot be reached: the others were stopped none the less.
            return e.problems();
        }
    }
}
