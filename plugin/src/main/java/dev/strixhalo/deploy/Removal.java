package dev.strixhalo.deploy;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes a cluster off its nodes: its containers, our records and logs there, and on demand images and caches. What the
 * nodes have decides, not what this side remembers; a second run finds nothing.
 *
 * @param nodes    open connections
 * @param images   whether images of ours and their bases go
 * @param caches   whether weights and compiled kernels go
 * @param progress takes what was removed
 */
public record Removal(Nodes nodes, boolean images, boolean caches, Progress progress) {
    private static final int GRACE_SECONDS = 60;
    private static final String REMOVED = "@@removed ";
    private static final String KEPT = "@@kept ";

    /**
     * Removes.
     *
     * @param by    who does it, for the lock
     * @param bases image IDs of the bases that go with the images
     * @throws StrixhaloException when a node cannot be reached or something on it cannot be removed
     */
    public void run(String by, Instant now, List<String> bases) throws StrixhaloException {
        try (var lock = NodeLock.take(nodes, "remove by %s since %s".formatted(by, now));
                var step = progress.begin("remove")) {
            var removed = nodes.onAll(connection -> remove(connection, bases));
            removed.forEach((node, lines) -> lines.forEach(line -> progress.line(node.name(), line)));
            boolean nothing = removed.values().stream().allMatch(List::isEmpty);
            step.done(
                    nothing
                            ? "nothing of %s is on the nodes"
                                    .formatted(nodes.cluster().name())
                            : "done");
        }
    }

    private List<String> remove(NodeConnection connection, List<String> bases) throws StrixhaloException {
        var parameters = new ArrayList<>(List.of(
                nodes.cluster().name(), Integer.toString(GRACE_SECONDS), images ? "yes" : "no", caches ? "yes" : "no"));
        parameters.addAll(bases);
        var result = connection
                .run(Script.REMOVE.command(parameters.toArray(String[]::new)).timeout(Duration.ofMinutes(15)))
                .orFail();
        var lines = new ArrayList<String>();
        for (var line : result.out()) {
            if (line.startsWith(REMOVED)) lines.add(line.substring(REMOVED.length()) + " removed");
            if (line.startsWith(KEPT)) lines.add(line.substring(KEPT.length()));
        }
        // The lock itself made the folder, when there was nothing else.
        if (lines.size() == 1 && lines.get(0).startsWith("folder ")) return List.of();
        return lines;
    }
}
