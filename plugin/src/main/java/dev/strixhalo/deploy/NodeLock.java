package dev.strixhalo.deploy;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The cluster's lock on all its nodes: one goal that changes nodes at a time. A process on each node holds it and ends
 * with our session, so that a killed Maven leaves no lock behind.
 */
public final class NodeLock implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final Duration GIVING_BACK = Duration.ofSeconds(10);

    private final List<Held> held = new ArrayList<>();

    private record Held(NodeConnection connection, String pid, Thread holder) {}

    private NodeLock() {}

    /**
     * Takes the lock on every node.
     *
     * @param who    is shown to anyone who comes meanwhile: goal, user, machine, time
     * @throws StrixhaloException when someone else holds it, with what they said of themselves
     */
    public static NodeLock take(Nodes nodes, String who) throws StrixhaloException {
        var lock = new NodeLock();
        var cluster = nodes.cluster().name();
        try {
            // One after the other, in the order of the nodes: two who come at once cannot block each other.
            for (var connection : nodes.all()) lock.held.add(take(connection, cluster, who));
        } catch (StrixhaloException e) {
            lock.close();
            throw e;
        }
        return lock;
    }

    private static Held take(NodeConnection connection, String cluster, String who) throws StrixhaloException {
        var said = new CompletableFuture<String>();
        var command = Script.LOCK.command(cluster, who).timeout(LONGEST);
        var holder = new Thread(
                () -> {
                    try {
                        var result = connection.run(command, (stream, line) -> {
                            if (line.startsWith("@@")) said.complete(line);
                        });
                        said.complete("@@ended " + String.join(" ", result.err()));
                    } catch (StrixhaloException e) {
                        said.completeExceptionally(e);
                    }
                },
                "strixhalo-lock " + connection.node().name());
        holder.setDaemon(true);
        holder.start();
        var node = connection.node().name();
        try {
            var line = said.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (line.startsWith("@@locked ")) return new Held(connection, line.substring("@@locked ".length()), holder);
            if (line.startsWith("@@held ")) {
                throw Problem.of("someone else is changing this cluster.")
                        .on(node)
                        .found(line.substring("@@held ".length()))
                        .fix("wait until that is done and run the goal again; the lock ends with its session")
                        .asException();
            }
            throw Problem.of("the cluster's lock could not be taken.")
                    .on(node)
                    .found(line.substring("@@ended ".length()))
                    .fix("see whether " + DeploySettings.state(cluster)
                            + " can be written there and util-linux's flock is installed")
                    .asException();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StrixhaloException failure) throw failure.on(node);
            throw new IllegalStateException("lock on " + node, e.getCause());
        } catch (TimeoutException e) {
            throw Problem.of("the cluster's lock was not taken within 30 s.")
                    .on(node)
                    .fix("see what hangs there: ls -l " + DeploySettings.state(cluster))
                    .asException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of("interrupted while waiting for the lock.")
                    .on(node)
                    .fix("run the goal again")
                    .asException(e);
        }
    }

    /** Gives the lock back at once; a node that cannot be reached gives it back when our session ends. */
    @Override
    public void close() {
        for (var each : held) {
            try {
                each.connection.run(RemoteCommand.of("kill", each.pid).timeout(GIVING_BACK));
                // Whoever closes the session next would else end the holder before it has tidied up.
                each.holder.join(GIVING_BACK.toMillis());
            } catch (StrixhaloException e) {
                // The session is gone, and the lock with it.
                continue;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        held.clear();
    }
}
