package dev.strixhalo.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.rdma.Counters;
import dev.strixhalo.rdma.Expectation;
import dev.strixhalo.rdma.Proof;
import dev.strixhalo.rdma.Rank;
import dev.strixhalo.rdma.RcclLog;
import dev.strixhalo.rdma.Traffic;
import dev.strixhalo.rdma.Verdict;
import dev.strixhalo.remote.Nodes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Asks a running model for an answer of many tokens and looks at all nodes' counters before and after it. Requests of others
 * meanwhile do no harm: they only add to what has to be moved.
 */
final class Proving {
    /** Tokens of the answer; the prompt's cross the link as well and are not counted. */
    static final int TOKENS = 64;

    private static final Duration LOOK = Duration.ofSeconds(60);
    private static final Duration OVER = Duration.ofSeconds(30);
    /** Some cards bring their counters up to date once a second only (ethtool -c, stats-block-usecs). */
    private static final Duration SETTLE = Duration.ofMillis(1100);

    private final Nodes nodes;
    private final List<Member> members;
    private final String launch;
    private final int tensorParallel;

    /**
     * @param members        of the launch, the head first
     * @param launch         its id
     * @param tensorParallel over how many ranks its model is
     */
    Proving(Nodes nodes, List<Member> members, String launch, int tensorParallel) {
        this.nodes = nodes;
        this.members = List.copyOf(members);
        this.launch = launch;
        this.tensorParallel = tensorParallel;
    }

    /** What is to be done about an answer that did not come. */
    interface Failure {
        /** The explanation of a refusal of the node script, to be thrown. */
        StrixhaloException of(NodeScript.Answer refusal) throws StrixhaloException;
    }

    /**
     * Proves.
     *
     * @param question where the API is, if the head does not know it by itself
     * @param time     that the answer may take
     */
    Verdict prove(ModelSize size, ObjectNode question, Duration time, Failure failure) throws StrixhaloException {
        // One rank speaks to nobody, and nobody has to be asked about it.
        if (tensorParallel < 2) return Proof.judge(nodes.cluster().link(), List.of(), size.expect(TOKENS));
        var before = counters();
        question.put("timeout", time.toSeconds());
        question.put("maxTokens", TOKENS);
        question.put("minTokens", TOKENS);
        var answer = members.get(0).script().ask("ask", question.toString(), time.plus(OVER));
        if (!answer.ok()) {
            // A context too short for so many tokens, for one: the model answers, but nothing is proved by it.
            if (answer.code().equals("http")) return unanswered(size, answer);
            throw failure.of(answer);
        }
        // Before anything else goes over the LAN on our behalf.
        var after = counters();
        int tokens = Completion.of(answer.json()).tokens();
        if (tokens < TOKENS) {
            return new Verdict(
                    Verdict.Outcome.NOT_PROVABLE,
                    false,
                    "the model gave %d tokens where %d were asked for".formatted(tokens, TOKENS),
                    size.expect(TOKENS).bytes(),
                    List.of());
        }
        var holding = withRanks();
        if (holding.size() < 2) {
            throw Problem.of("Of %d ranks only those on %d nodes are there.".formatted(tensorParallel, holding.size()))
                    .fix("mvn strixhalo:status says which node lost its rank")
                    .asException();
        }
        var logs = nodes.onAll(connection -> log(member(connection.node()).script()));
        var verdict = judge(holding, before, after, logs, size.expect(tokens));
        if (verdict.wanted()) return verdict;
        settle();
        return judge(holding, before, counters(), logs, size.expect(tokens));
    }

    private Verdict judge(
            List<Member> holding,
            Map<Node, Counters> before,
            Map<Node, Counters> after,
            Map<Node, RcclLog> logs,
            Expectation expected) {
        var ranks = new ArrayList<Rank>();
        for (var member : holding) {
            ranks.add(new Rank(
                    member.node().name(),
                    member.network().fabricInterface(),
                    member.network()
                            .rdma()
                            .map(port ->
                                    new Rank.Pinned(port.name(), port.gidIndex().orElse(0)))
                            .orElse(null),
                    Traffic.between(of(before, member), of(after, member)),
                    of(logs, member)));
        }
        return Proof.judge(nodes.cluster().link(), ranks, expected);
    }

    private static Verdict unanswered(ModelSize size, NodeScript.Answer refusal) {
        return new Verdict(
                Verdict.Outcome.NOT_PROVABLE,
                false,
                "the API refused a completion of %d tokens: %s"
                        .formatted(TOKENS, refusal.json().path("found").path(0).asText()),
                size.expect(TOKENS).bytes(),
                List.of());
    }

    private Map<Node, Counters> counters() throws StrixhaloException {
        return nodes.onAll(connection ->
                Counters.read(connection, member(connection.node()).network().fabricInterface()));
    }

    private Member member(Node node) {
        for (var member : members) {
            if (member.node().equals(node)) return member;
        }
        throw new IllegalStateException(node.name() + " takes no part");
    }

    private static <T> T of(Map<Node, T> all, Member member) {
        return Objects.requireNonNull(all.get(member.node()), member.node().name());
    }

    /** The members that hold a rank: with fewer ranks than nodes Ray chooses, so the nodes are asked. */
    private List<Member> withRanks() throws StrixhaloException {
        if (tensorParallel >= members.size()) return members;
        var holding = new ArrayList<Member>();
        for (var member : members) {
            var status = member.script().ask("status", "", LOOK).orFail("mvn strixhalo:status");
            if (!status.json().path("ranks").isEmpty()) holding.add(member);
        }
        return holding;
    }

    /** RCCL's own word; a node that has none is not a failure here, since processors without GPUs know no RCCL. */
    private RcclLog log(NodeScript script) throws StrixhaloException {
        var answer = script.ask("rccl", "", LOOK, "--launch", launch);
        if (!answer.ok())
            return RcclLog.unknown(answer.json().path("message").asText().replaceAll("\\.$", ""));
        return log(answer.json());
    }

    static RcclLog log(JsonNode answer) {
        var ranks = new ArrayList<List<String>>();
        for (var file : answer.path("files")) {
            var lines = new ArrayList<String>();
            file.path("lines").forEach(line -> lines.add(line.asText()));
            ranks.add(lines);
        }
        return RcclLog.of(ranks);
    }

    /** An empty question: the head knows where its API is, and the key. */
    static ObjectNode question() {
        return RecordFile.json().createObjectNode();
    }

    private static void settle() {
        try {
            Thread.sleep(SETTLE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the counters settled", e);
        }
    }
}
