package dev.strixhalo.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Amount;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.deploy.NodeContainer;
import dev.strixhalo.rdma.Verdict;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks a cluster how it is: first every node about its container, its parts and its ranks; only when all of them live the
 * model itself, with a question that has its own time-out. The API's own word is worth nothing: with a dead rank
 * {@code /health} still answers 200 (vllm#53157).
 */
public final class StatusLook {
    private static final Duration NODE = Duration.ofSeconds(45);
    /** What an answer of so many tokens gets at least; the largest models give less than two a second. */
    private static final Duration PROOF = Duration.ofSeconds(120);

    private final Nodes nodes;
    private final Duration answerTime;
    private final boolean prove;
    private final Clock clock;

    /**
     * @param answerTime that a completion may take
     * @param prove      whether to prove anew by what the ranks speak to each other
     */
    public StatusLook(Nodes nodes, Duration answerTime, boolean prove, Clock clock) {
        this.nodes = nodes;
        this.answerTime = answerTime;
        this.prove = prove;
        this.clock = clock;
    }

    private record Seen(NodeStatus status, @Nullable NodeScript script, JsonNode json) {}

    /** Looks; a node that cannot be asked is part of the answer, not a failure. */
    public ClusterStatus look() throws StrixhaloException {
        var seen = nodes.onAll(this::see);
        var head = seen.get(nodes.head().node());
        if (head == null) throw new IllegalStateException("no answer of the head");
        var about = LaunchAbout.of(head.json().path("about"));
        boolean launched = head.status().launch() != null;
        var statuses = seen.values().stream().map(Seen::status).toList();
        var trouble = trouble(statuses, about);
        int rayNodes = -1;
        if (head.script() != null && head.status().runs(RayExecutor.PART)) {
            try {
                rayNodes = rayNodes(head.script());
                if (trouble.isEmpty() && rayNodes < statuses.size()) {
                    trouble =
                            Optional.of("Ray counts %d of %d nodes".formatted(Math.max(0, rayNodes), statuses.size()));
                }
            } catch (StrixhaloException e) {
                // That Ray does not answer is an answer: the rest of the screen must not be lost over it.
                if (trouble.isEmpty()) trouble = Optional.of("Ray does not say who is there: " + e.getMessage());
            }
        }
        Completion answer = null;
        if (trouble.isEmpty() && head.script() != null) {
            var asked = ask(head.script());
            if (asked.ok()) answer = Completion.of(asked.json());
            else
                trouble = Optional.of("%s: %s"
                        .formatted(
                                head.status().name(),
                                asked.json().path("message").asText()));
        }
        var proofNow = prove && answer != null ? proveAgain(seen.values(), about) : null;
        return new ClusterStatus(
                nodes.cluster().name(),
                answer != null,
                trouble.orElse(null),
                launched ? about.model() : null,
                launched ? about.executor() : null,
                launched ? about.tensorParallel() : 0,
                about.api() == null
                        ? null
                        : "http://%s:%d/v1"
                                .formatted(about.api().address(), about.api().port()),
                head.json().path("ready").isTextual()
                        ? head.json().path("ready").asText()
                        : null,
                rayNodes,
                answer,
                launched ? about.proof() : null,
                proofNow,
                statuses);
    }

    /** The proof of the launch once more, by the ways that the ranks were given then: those are what they still use. */
    private Verdict proveAgain(Collection<Seen> seen, LaunchAbout about) throws StrixhaloException {
        var proof = about.proof();
        if (proof == null) return unproved("the launch left no word of how its ranks reach each other; launch anew");
        var members = new ArrayList<Member>();
        String launch = null;
        for (var each : seen) {
            var name = each.status().name();
            var way = proof.ways().stream().filter(w -> w.node().equals(name)).findFirst();
            if (way.isEmpty() || each.script() == null)
                return unproved(name + " had no part in the launch; launch anew");
            members.add(new Member(members.size(), each.script(), way.get().network()));
            launch = each.status().launch();
        }
        if (launch == null) throw new IllegalStateException("an answer without a launch");
        return new Proving(nodes, members, launch, about.tensorParallel())
                .prove(
                        proof.size(),
                        Proving.question(),
                        answerTime.compareTo(PROOF) > 0 ? answerTime : PROOF,
                        refusal -> refusal.problem("what was said last: mvn strixhalo:logs")
                                .asException());
    }

    private static Verdict unproved(String why) {
        return new Verdict(Verdict.Outcome.NOT_PROVABLE, false, why, -1, List.of());
    }

    /** What is wrong before anyone has to be asked for a completion; the nearest cause first. */
    static Optional<String> trouble(List<NodeStatus> nodes, LaunchAbout about) {
        var all = new ArrayList<String>();
        // A worker's trouble is most often the cause, the head's its consequence.
        for (int i = nodes.size() - 1; i >= 0; i--) {
            var node = nodes.get(i);
            if (node.trouble() != null) all.add("%s: %s".formatted(node.name(), node.trouble()));
        }
        if (!all.isEmpty()) return Optional.of(String.join("; ", all));
        var head = nodes.get(0);
        if (nodes.stream().allMatch(node -> node.launch() == null)) return Optional.of("nothing was launched");
        for (var node : nodes) {
            if (!java.util.Objects.equals(node.launch(), head.launch())) {
                return Optional.of("%s takes part in launch %s, %s in %s"
                        .formatted(
                                head.name(),
                                head.launch(),
                                node.name(),
                                node.launch() == null ? "none" : node.launch()));
            }
        }
        if (about.model() == null) return Optional.of("Ray alone was launched, no model");
        if (!head.has(LaunchRun.VLLM)) return Optional.of("vLLM was not started yet");
        long living = nodes.stream().mapToLong(NodeStatus::livingRanks).sum();
        if (living < about.tensorParallel()) {
            return Optional.of("%d of %d ranks are there".formatted(living, about.tensorParallel()));
        }
        return Optional.empty();
    }

    private Seen see(NodeConnection connection) {
        var name = connection.node().name();
        boolean head = connection.node().equals(nodes.head().node());
        var nothing = RecordFile.json().createObjectNode();
        try {
            var container = NodeContainer.current(connection, nodes.cluster().name());
            if (container.isEmpty())
                return new Seen(NodeStatus.without(name, head, null, "was never deployed to"), null, nothing);
            var found = container.get();
            if (!found.running()) return new Seen(NodeStatus.without(name, head, found, ended(found)), null, nothing);
            var script = new NodeScript(connection, found.name());
            var answer = script.ask("status", "", NODE);
            if (!answer.ok()) {
                return new Seen(
                        NodeStatus.without(
                                name, head, found, answer.json().path("message").asText()),
                        null,
                        nothing);
            }
            return new Seen(NodeStatus.of(name, head, found, answer.json()), script, answer.json());
        } catch (StrixhaloException e) {
            return new Seen(
                    NodeStatus.unreachable(name, head, e.problems().get(0).what()), null, nothing);
        }
    }

    private String ended(NodeContainer container) {
        var verb = container.exitCode() == 137 ? "was killed" : "ended";
        if (container.ended() == null) return "container %s (%s)".formatted(verb, container.how());
        var ago = Duration.between(container.ended(), clock.instant());
        return "container %s %s ago (%s)"
                .formatted(verb, Amount.time(ago.isNegative() ? Duration.ZERO : ago), container.how());
    }

    private static int rayNodes(NodeScript head) throws StrixhaloException {
        var answer = head.ask("ray-status", "", NODE);
        return RayStatus.parse(answer.json().path("lines"))
                .map(RayStatus::nodes)
                .orElse(-1);
    }

    private NodeScript.Answer ask(NodeScript head) throws StrixhaloException {
        var question = RecordFile.json().createObjectNode();
        question.put("timeout", answerTime.toSeconds());
        question.put("maxTokens", 4);
        return head.ask("ask", question.toString(), answerTime.plusSeconds(10));
    }
}
