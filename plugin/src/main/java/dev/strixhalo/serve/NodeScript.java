package dev.strixhalo.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.NodeConnection.Stream;
import dev.strixhalo.remote.RemoteCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The node script inside one node's container, spoken to through {@code podman exec}.
 *
 * @param connection to the node
 * @param container  name of the running container
 */
record NodeScript(NodeConnection connection, String container) {
    static final String PATH = "/opt/strixhalo/bin/strixhalo-node";
    /** Where the script makes a launch's secrets readable, each under its name. */
    static final String SECRETS = "/run/strixhalo/secrets/";
    /** Where the script keeps what was said, a folder for each launch. */
    static final String LOGS = "/var/log/strixhalo/";
    /** Where Python modules of ours lie, among them the middleware that asks for the API key. */
    static final String LIBRARY = "/opt/strixhalo/lib";

    Node node() {
        return connection.node();
    }

    /**
     * One request, one answer.
     *
     * @throws StrixhaloException when no answer came; a refusal of the script is an answer
     */
    Answer ask(String verb, String stdin, Duration timeout, String... arguments) throws StrixhaloException {
        var answers = new ArrayList<JsonNode>();
        var result = connection.run(command(verb, stdin, timeout, arguments), (stream, line) -> {
            if (stream == Stream.OUT) json(line, answers::add);
        });
        if (!answers.isEmpty()) return new Answer(node(), verb, answers.get(answers.size() - 1));
        var problem = Problem.of("the node script in container %s gave no answer to '%s' (exit code %d)."
                        .formatted(container, verb, result.exitCode()))
                .on(node().name());
        for (var line : last(result.err(), 8)) problem = problem.found(line);
        throw problem.fix("see the container: podman logs " + container)
                .fix("bring a new one: mvn strixhalo:deploy")
                .asException();
    }

    /** One request, JSON lines as they come for as long as we listen; returns the exit code. */
    int stream(String verb, String stdin, Duration timeout, Consumer<JsonNode> sink, String... arguments)
            throws StrixhaloException {
        return connection
                .run(command(verb, stdin, timeout, arguments).pulsed(), (stream, line) -> {
                    if (stream == Stream.OUT) json(line, sink);
                })
                .exitCode();
    }

    private RemoteCommand command(String verb, String stdin, Duration timeout, String... arguments) {
        var argv = new ArrayList<>(List.of("podman", "exec", "-i", container, PATH, verb));
        argv.addAll(List.of(arguments));
        return RemoteCommand.of(argv).stdin(stdin).timeout(timeout);
    }

    // Whatever is no JSON object came from podman or a login script, not from the node script.
    private static void json(String line, Consumer<JsonNode> sink) {
        if (!line.startsWith("{")) return;
        try {
            sink.accept(RecordFile.json().readTree(line));
        } catch (JsonProcessingException e) {
            // Cut off in the middle: the exit code tells the rest.
        }
    }

    static List<String> last(List<String> lines, int count) {
        return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }

    /**
     * What the script answered.
     *
     * @param node who
     * @param verb to what
     * @param json the answer
     */
    record Answer(Node node, String verb, JsonNode json) {
        boolean ok() {
            return json.path("ok").asBoolean();
        }

        /** A stable word for what is wrong; empty when nothing is. */
        String code() {
            return json.path("code").asText();
        }

        /** This answer, if it is no refusal. */
        Answer orFail(String fix) throws StrixhaloException {
            if (ok()) return this;
            throw problem(fix).asException();
        }

        Problem problem(String fix) {
            var message = json.path("message").asText("the node script refused '%s'.".formatted(verb));
            var problem = Problem.of(message).on(node.name());
            for (var line : json.path("found")) problem = problem.found(line.asText());
            return problem.fix(fix);
        }
    }
}
