package dev.strixhalo.serve;

import dev.strixhalo.cluster.Node;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.Conversation;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A stand-in for a node with a launch: answers the verbs of the node script with what a test lays ready, and its counters
 * move while the model answers, as the real ones do on the bed.
 */
final class SpeakingNode implements NodeConnection {
    /** Everything that it was asked, in order: verbs, and "counters". */
    final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    /** Answers of the node script, by verb. */
    final Map<String, String> answers = new HashMap<>();
    /** What its counters print, look after look; the last one for all later looks. */
    List<String> counters = List.of("end");

    String question = "";
    private final Node node;
    private int looks;

    SpeakingNode(Node node) {
        this.node = node;
    }

    @Override
    public Node node() {
        return node;
    }

    @Override
    public CommandResult run(RemoteCommand command) {
        return run(command, (stream, line) -> {});
    }

    @Override
    public synchronized CommandResult run(RemoteCommand command, LineSink sink) {
        var out = answer(command).lines().toList();
        for (var line : out) sink.line(Stream.OUT, line);
        return new CommandResult(node.name(), command, 0, out, List.of());
    }

    private String answer(RemoteCommand command) {
        if (command.title().equals("the counters")) {
            asked.add("counters");
            return counters.get(Math.min(looks++, counters.size() - 1));
        }
        var words = command.argv();
        // What podman tells of the cluster's container.
        if (words.get(0).equals("sh")) return "[{\"Name\":\"c\",\"Image\":\"0c9d9f0\",\"State\":{\"Running\":true}}]";
        var verb = words.get(words.indexOf(NodeScript.PATH) + 1);
        asked.add(verb);
        if (verb.equals("ask")) question = new String(command.stdin(), StandardCharsets.UTF_8);
        var answer = answers.get(verb);
        if (answer == null) throw new AssertionError("%s was asked to %s".formatted(node.name(), verb));
        return answer;
    }

    @Override
    public Conversation talk(RemoteCommand command) {
        throw new AssertionError("nobody talks here");
    }

    @Override
    public RemoteForward forwardHere(int localPort) {
        throw new AssertionError("nothing is forwarded here");
    }

    @Override
    public void close() {}
}
