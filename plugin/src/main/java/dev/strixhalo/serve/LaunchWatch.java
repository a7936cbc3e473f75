package dev.strixhalo.serve;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Listens to all nodes of a launch at once. What they show comes out one by one, in the order of its arrival; the last
 * lines of each node are kept, so that a failure can be explained by what was said before it.
 */
final class LaunchWatch {
    private static final int REMEMBERED = 4000;

    private final Duration longest;
    private final BlockingQueue<Sighting> queue = new LinkedBlockingQueue<>();
    private final Map<String, Deque<Sighting.Line>> lines = new LinkedHashMap<>();

    /** @param longest time that a launch can take; after it the streams end by themselves */
    LaunchWatch(Duration longest) {
        this.longest = longest;
    }

    /** Begins to listen to a member; something must have been started there. */
    void follow(Member member) {
        var thread = new Thread(
                () -> listen(member), "strixhalo-follow-" + member.node().name());
        thread.setDaemon(true);
        thread.start();
    }

    /** The next thing that a node shows, or nothing within this time. */
    Optional<Sighting> next(Duration patience) {
        try {
            var sighting = queue.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
            if (sighting instanceof Sighting.Line line) remember(line);
            return Optional.ofNullable(sighting);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while watching the launch", e);
        }
    }

    /** The last lines of a node, the oldest first. */
    List<Sighting.Line> lines(Node node) {
        synchronized (lines) {
            return new ArrayList<>(lines.getOrDefault(node.name(), new ArrayDeque<>()));
        }
    }

    private void remember(Sighting.Line line) {
        synchronized (lines) {
            var last = lines.computeIfAbsent(line.node().name(), name -> new ArrayDeque<>());
            last.add(line);
            if (last.size() > REMEMBERED) last.remove();
        }
    }

    private void listen(Member member) {
        var node = member.node();
        try {
            int exit = member.script().stream("follow", "", longest, json -> queue.add(Sighting.of(node, json)));
            queue.add(new Sighting.Silence(node, exit == 0 ? "" : "podman exec ended with exit code " + exit));
        } catch (StrixhaloException e) {
            queue.add(new Sighting.Silence(node, String.valueOf(e.getMessage())));
        }
    }
}
