package dev.strixhalo.remote;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Open connections to all nodes of a cluster; what is done on all of them is done side by side. */
public final class Nodes implements AutoCloseable {
    private final Cluster cluster;
    private final List<NodeConnection> connections;
    private final ExecutorService threads;

    Nodes(Cluster cluster, List<NodeConnection> connections) {
        this.cluster = cluster;
        this.connections = List.copyOf(connections);
        this.threads = threads();
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
     * @throws StrixhaloException with the failures of all nodes that failed
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
        threads.shutdownNow();
        connections.forEach(NodeConnection::close);
    }

    static ExecutorService threads() {
        return Executors.newCachedThreadPool(work -> {
            var thread = new Thread(work, "strixhalo-node");
            thread.setDaemon(true);
            return thread;
        });
    }

    static <T> Map<Node, T> await(Map<Node, Future<T>> running) throws StrixhaloException {
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
                throw new IllegalStateException("interrupted while working on the nodes", e);
            }
        }
        if (!failures.isEmpty()) throw StrixhaloException.all(failures);
        return results;
    }
}
