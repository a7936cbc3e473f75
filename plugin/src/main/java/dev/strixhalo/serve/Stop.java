package dev.strixhalo.serve;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.deploy.NodeContainer;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
            var unreachable = Collections.synchronizedList(new ArrayList<Problem>());
            var found = nodes.onAll(connection -> {
                try {
                    return running(connection);
                } catch (StrixhaloException e) {
                    // The others are ended none the less.
                    unreachable.addAll(e.on(connection.node().name()).problems());
                    return Optional.<NodeScript>empty();
                }
            });
            var scripts = found.values().stream().flatMap(Optional::stream).toList();
            var launches = scripts.stream().map(script -> script.node().name()).toList();
            if (scripts.isEmpty() && unreachable.isEmpty()) {
                step.done("nothing runs on "
                        + String.join(
                                ", ",
                                nodes.cluster().nodes().stream()
                                        .map(n -> n.name())
                                        .toList()));
                return;
            }
            step.note(null, "vLLM and Ray end on " + String.join(", ", launches));
            var left = new ArrayList<>(unreachable);
            left.addAll(end(scripts, null));
            if (!left.isEmpty()) {
                var ended = launches.isEmpty() ? "" : "on %s all is gone; ".formatted(String.join(", ", launches));
                throw new StrixhaloException(left, ended + "what is named above may still be there.", null);
            }
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

    /**
     * Ends the launch that these node scripts own.
     *
     * @param launch its id; another launch that is there is left alone. Null ends whatever is there
     * @return what could not be ended
     */
    List<Problem> end(List<NodeScript> scripts, @Nullable String launch) {
        var left = new ArrayList<Problem>();
        if (scripts.isEmpty()) return left;
        var head = nodes.head().node();
        left.addAll(each(scripts, arguments(LaunchRun.VLLM, launch)));
        left.addAll(each(scripts.stream().filter(s -> !s.node().equals(head)).toList(), arguments(null, launch)));
        left.addAll(each(scripts.stream().filter(s -> s.node().equals(head)).toList(), arguments(null, launch)));
        return left;
    }

    private static List<String> arguments(@Nullable String part, @Nullable String launch) {
        var arguments = new ArrayList<String>();
        if (part != null) arguments.addAll(List.of("--part", part));
        if (launch != null) arguments.addAll(List.of("--launch", launch));
        return arguments;
    }

    private List<Problem> each(List<NodeScript> scripts, List<String> arguments) {
        try {
            var answers = nodes.onAll(connection -> {
                for (var script : scripts) {
                    if (script.connection() == connection) {
                        var answer = script.ask("stop", "", TIME, arguments.toArray(String[]::new));
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
