package dev.strixhalo.remote;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.FabricAddress;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.cluster.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Open connections to all nodes of a cluster; what is done on all of them is done side by side. They are closed when this
 * process is told to end (Ctrl-C), too; the nodes then end what runs for us.
 */
public final class Nodes implements AutoCloseable {
    private final Cluster cluster;
    private final List<NodeConnection> connections;
    private final ExecutorService threads = threads();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread atShutdown;

    Nodes(Cluster cluster, List<NodeConnection> connections) {
        this.cluster = cluster;
        this.connections = List.copyOf(connections);
        this.atShutdown = new Thread(() -> this.connections.forEach(NodeConnection::close), "strixhalo shutdown");
        Runtime.getRuntime().addShutdownHook(atShutdown);
    }

    /**
     * Opens a connection to every node, side by side.
     *
     * @throws StrixhaloException with the failures of all nodes that could not be reached; no connection is left open then
     */
    public static Nodes connect(Cluster cluster, RemoteSettings settings) throws StrixhaloException {
        return connect(cluster, node -> open(node, settings));
    }

    /**
     * Opens a connection to every node that can be reached; work on one that cannot fails there with the reason. For goals
     * that look, or that end things: a dead node is what they are asked about.
     *
     * @throws StrixhaloException when no node at all can be reached
     */
    public static Nodes reach(Cluster cluster, RemoteSettings settings) throws StrixhaloException {
        var failures = new ConcurrentLinkedQueue<StrixhaloException>();
        var nodes = attempt(cluster, settings, failures);
        if (failures.size() < cluster.nodes().size()) return nodes;
        nodes.close();
        throw StrixhaloException.all(List.copyOf(failures));
    }

    /** As {@link #reach}, also when no node at all can be reached: that is what doctor tells of. */
    public static Nodes attempt(Cluster cluster, RemoteSettings settings) throws StrixhaloException {
        return attempt(cluster, settings, new ConcurrentLinkedQueue<>());
    }

    private static Nodes attempt(Cluster cluster, RemoteSettings settings, Queue<StrixhaloException> failures)
            throws StrixhaloException {
        return connect(cluster, node -> {
            try {
                return open(node, settings);
            } catch (StrixhaloException e) {
                failures.add(e.on(node.name()));
                return new UnreachableNode(node, e);
            }
        });
    }

    /** This machine alone, whether or not it is a node of a cluster. */
    public static Nodes here(RemoteSettings settings) {
        var node = new Node("this machine", "local", null, FabricAddress.LOOPBACK, null);
        return new Nodes(new Cluster("here", Link.TCP, List.of(node)), List.of(new LocalConnection(node, settings)));
    }

    /** How a connection is opened. */
    private interface Opening {
        NodeConnection to(Node node) throws StrixhaloException;
    }

    private static Nodes connect(Cluster cluster, Opening opening) throws StrixhaloException {
        var threads = threads();
        var opened = new ConcurrentLinkedQueue<NodeConnection>();
        var givenUp = new AtomicBoolean();
        var running = new LinkedHashMap<Node, Future<NodeConnection>>();
        try {
            for (var node : cluster.nodes()) {
                running.put(node, threads.submit(() -> {
                    var connection = opening.to(node);
                    opened.add(connection);
                    // Whoever waited may have gone while this login went on.
                    if (givenUp.get()) connection.close();
                    return connection;
                }));
            }
            return new Nodes(cluster, List.copyOf(await(running).values()));
        } catch (StrixhaloException | RuntimeException e) {
            givenUp.set(true);
            opened.forEach(NodeConnection::close);
            throw e;
        } finally {
            threads.shutdown();
        }
    }

    private static NodeConnection open(Node node, RemoteSettings settings) throws StrixhaloException {
        return node.local() ? new LocalConnection(node, settings) : SshConnection.open(node, settings);
    }

    public Cluster cluster() {
        return cluster;
    }

    public List<NodeConnection> all() {
        return connections;
    }

    /** The connection to the first node. */
    public NodeConnection head() {
        return connections.get(0);
    }

    public NodeConnection of(Node node) {
        return connections.stream()
                .filter(c -> c.node().equals(node))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node " + node.name()));
    }

    /** Work on one node. */
    public interface Task<T> {
        T on(NodeConnection connection) throws StrixhaloException;
    }

    /**
     * Does the work on all nodes at once and waits for all of them.
     *
     * @return what came of it, in the order of the nodes
     * @throws StrixhaloException with the failures of all nodes that failed; when the waiting thread is interrupted, after
     *     the work on the nodes was interrupted too
     */
    public <T> Map<Node, T> onAll(Task<T> task) throws StrixhaloException {
        var running = new LinkedHashMap<Node, Future<T>>();
        for (var connection : connections) {
            Callable<T> call = () -> task.on(connection);
            running.put(connection.node(), threads.submit(call));
        }
        return await(running);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        threads.shutdownNow();
        connections.forEach(NodeConnection::close);
        try {
            Runtime.getRuntime().removeShutdownHook(atShutdown);
        } catch (IllegalStateException e) {
            // This process is ending, and the hook does the same as we did.
        }
    }

    private static ExecutorService threads() {
        return Executors.newCachedThreadPool(work -> {
            var thread = new Thread(work, "strixhalo node");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static <T> Map<Node, T> await(Map<Node, Future<T>> running) throws StrixhaloException {
        var results = new LinkedHashMap<Node, T>();
        var failures = new ArrayList<StrixhaloException>();
        for (var entry : running.entrySet()) {
            try {
                results.put(entry.getKey(), entry.getValue().get());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof StrixhaloException failure) {
                    failures.add(failure.on(entry.getKey().name()));
                } else {
                    running.values().forEach(other -> other.cancel(true));
                    throw new IllegalStateException("on " + entry.getKey().name(), e.getCause());
                }
            } catch (InterruptedException e) {
                running.values().forEach(other -> other.cancel(true));
                Thread.currentThread().interrupt();
                throw Problem.of("the work on the nodes was interrupted.")
                        .fix("run the goal again")
                        .asException(e);
            }
        }
        if (!failures.isEmpty()) throw StrixhaloException.all(failures);
        return results;
    }
}
