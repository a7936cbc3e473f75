package dev.strixhalo.verify;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where programs of ours run on a node: on the node itself, or in the cluster's container there.
 *
 * @param connection to the node
 * @param container  name of the container; null for the node itself
 * @param tools      what is there to measure with
 */
record Place(NodeConnection connection, @Nullable String container, Tools tools) {
    /** More than what a script of ours needs beside the time that it gives to others. */
    private static final Duration MARGIN = Duration.ofSeconds(20);

    /** The place, with what a look at it found; servers that an earlier run left behind there are ended first. */
    static Place look(NodeConnection connection, @Nullable String container, String cluster) throws StrixhaloException {
        var unknown = new Place(connection, container, Tools.NONE);
        var ended = connection
                .run(unknown.script(
                        Script.LEFTOVERS, List.of(cluster), Duration.ofSeconds(10), "ending left-over servers"))
                .orFail()
                .out();
        var seen = connection
                .run(unknown.script(Script.TOOLS, List.of(), Duration.ofSeconds(10), "the look for tools"))
                .orFail()
                .out();
        return new Place(connection, container, Tools.parse(seen, ended));
    }

    /** {@code container} or {@code host}. */
    String kind() {
        return container == null ? "host" : "container";
    }

    /** Name of the node. */
    String node() {
        return connection.node().name();
    }

    /** Its address on the fabric. */
    String fabric() {
        return connection.node().fabric().address();
    }

    /** One of our shell scripts as a command that runs here; it stands in the arguments, so that standard input is free. */
    RemoteCommand script(Script script, List<String> parameters, Duration time, String title) {
        var argv = new ArrayList<>(List.of("sh", "-c", script.text(), "strixhalo"));
        argv.addAll(parameters);
        return command(argv, Map.of(), time, title);
    }

    /** A command that runs here. */
    RemoteCommand command(List<String> argv, Map<String, String> environment, Duration time, String title) {
        var words = new ArrayList<String>();
        if (container != null) {
            words.addAll(List.of("podman", "exec", "--interactive"));
            environment.forEach((name, value) -> words.add("--env=" + name + "=" + value));
            words.add(container);
        }
        words.addAll(argv);
        var command = RemoteCommand.of(words).called(title).timeout(time.plus(MARGIN));
        if (container == null) {
            for (var variable : environment.entrySet()) command = command.env(variable.getKey(), variable.getValue());
        }
        return command;
    }
}
