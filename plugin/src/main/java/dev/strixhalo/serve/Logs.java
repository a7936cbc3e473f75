package dev.strixhalo.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.deploy.NodeContainer;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.NodeConnection.Stream;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of the last launch said, all nodes in one stream, by time. The files lie on the node itself, so that they
 * can be read when the container is dead, which is when they are wanted most.
 */
public final class Logs {
    private static final Duration READ = Duration.ofMinutes(2);
    private static final Duration FOLLOW = Duration.ofDays(30);

    private final Nodes nodes;
    private final @Nullable String only;
    private final int lines;

    /**
     * @param only  name of the one node that is wanted; null for all
     * @param lines of each part of each node
     * @throws StrixhaloException when no node has that name
     */
    public Logs(Nodes nodes, @Nullable String only, int lines) throws StrixhaloException {
        this.nodes = nodes;
        this.only = only;
        this.lines = lines;
        var names = nodes.cluster().nodes().stream().map(n -> n.name()).toList();
        if (only != null && !names.contains(only)) {
            throw Problem.of("There is no node '%s'.".formatted(only))
                    .fix("one of: " + String.join(", ", names))
                    .asException();
        }
    }

    /**
     * A line.
     *
     * @param node who said it
     * @param time when, in UTC
     * @param part {@code ray}, {@code vllm}, or {@code events} for what the node script saw
     * @param text what
     */
    public record Entry(String node, String time, String part, String text) {
        @Override
        public String toString() {
            return "%s %s %s  %s".formatted(time, node, part, text);
        }
    }

    /**
     * The last lines, in the order of time.
     *
     * @param unreachable takes what is wrong with nodes that could not be read
     */
    public List<Entry> read(Consumer<Problem> unreachable) throws StrixhaloException {
        var all = Collections.synchronizedList(new ArrayList<Entry>());
        onWanted(false, all::add, unreachable);
        all.sort(Comparator.comparing(Entry::time));
        return List.copyOf(all);
    }

    /**
     * The last lines and then whatever comes, until the caller is ended; in the order of arrival.
     *
     * @param unreachable takes what is wrong with nodes that could not be read
     */
    public void follow(Consumer<Entry> sink, Consumer<Problem> unreachable) throws StrixhaloException {
        onWanted(
                true,
                entry -> {
                    synchronized (sink) {
                        sink.accept(entry);
                    }
                },
                unreachable);
    }

    private void onWanted(boolean follow, Consumer<Entry> sink, Consumer<Problem> unreachable)
            throws StrixhaloException {
        nodes.onAll(connection -> {
            if (!wanted(connection)) return false;
            try {
                fetch(connection, follow, sink);
                return true;
            } catch (StrixhaloException e) {
                if (only != null) throw e;
                e.on(connection.node().name()).problems().forEach(unreachable);
                return false;
            }
        });
    }

    private boolean wanted(NodeConnection connection) {
        return only == null || only.equals(connection.node().name());
    }

    private void fetch(NodeConnection connection, boolean follow, Consumer<Entry> sink) throws StrixhaloException {
        var node = connection.node().name();
        var cluster = nodes.cluster().name();
        var container = NodeContainer.current(connection, cluster).filter(NodeContainer::running);
        if (container.isPresent()) {
            var script = new NodeScript(connection, container.get().name());
            var arguments = new ArrayList<>(List.of("--lines", Integer.toString(lines)));
            if (follow) arguments.add("--follow");
            script.stream(
                    "logs",
                    "",
                    follow ? FOLLOW : READ,
                    json -> entry(node, json, sink),
                    arguments.toArray(String[]::new));
            return;
        }
        connection
                .run(
                        RemoteCommand.script(resource("tail-logs.sh"), cluster, Integer.toString(lines))
                                .timeout(READ),
                        (stream, line) -> {
                            if (stream == Stream.OUT) file(node, line, sink);
                        })
                .orFail();
    }

    private static void entry(String node, JsonNode json, Consumer<Entry> sink) {
        if (json.has("text")) {
            sink.accept(new Entry(
                    node,
                    json.path("time").asText(),
                    json.path("part").asText(),
                    json.path("text").asText()));
        } else {
            sink.accept(new Entry(node, "", "events", json.path("message").asText()));
        }
    }

    /** {@code part|time text}, as tail-logs.sh prints it. */
    private static void file(String node, String line, Consumer<Entry> sink) {
        int bar = line.indexOf('|');
        int blank = line.indexOf(' ', bar);
        if (bar > 0 && blank > bar) {
            sink.accept(
                    new Entry(node, line.substring(bar + 1, blank), line.substring(0, bar), line.substring(blank + 1)));
        }
    }

    static String resource(String name) {
        try (InputStream stream = Logs.class.getResourceAsStream(name)) {
            if (stream == null) throw new IllegalStateException(name + " is not in the jar");
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(name + " in the jar", e);
        }
    }
}
