package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.host.FabricPort;
import dev.strixhalo.rdma.Verdict;
import dev.strixhalo.rdma.Verdict.Outcome;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.TestNodes;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An answer with counters around it, on nodes that stand in for two with cards; launch and status that use it. */
class ProvingTest {
    private static final String LAUNCH = "20261126-140000-abcd";
    private static final Instant NOW = Instant.parse("2026-11-26T14:02:03Z");
    private static final ModelSize LLAMA = new ModelSize(32, 4096, 2, "");
    private static final String ANSWER =
            "{\"ok\":true,\"model\":\"m\",\"text\":\"x\",\"tokens\":64,\"firstToken\":0.2,\"total\":3.0}";
    private static final String IB = "{\"ok\":true,\"files\":[{\"lines\":["
            + "\"n:1:2 [0] NCCL INFO NET/IB : Using [0]irdma%d:1/RoCE [RO]; OOB fab0:1.2.3.4<0>\","
            + "\"n:1:2 [0] NCCL INFO Using network IB\"]}]}";
    private static final String SOCKET =
            "{\"ok\":true,\"files\":[{\"lines\":[\"n:1:2 [0] NCCL INFO Using network Socket\"]}]}";

    private final List<SpeakingNode> speaking = new ArrayList<>();
    private final Written written = new Written();
    private @Nullable Nodes nodes;

    @AfterEach
    void close() {
        if (nodes != null) nodes.close();
    }

    @Test
    void aQuestionOfSixtyFourTokensStandsBetweenTheCounters() throws Exception {
        cluster("roce", 2);

        var verdict = prove(2);

        assertThat(verdict.told())
                .isEqualTo(
                        "proved: NET/IB on irdma1:1 GID 2 | irdma2:1 GID 3; 42 MB each way during the answer; LAN 100 kB");
        assertThat(speaking.get(0).asked).containsExactly("counters", "ask", "counters", "rccl");
        assertThat(speaking.get(1).asked).containsExactly("counters", "counters", "rccl");
        var question = RecordFile.json().readTree(speaking.get(0).question);
        assertThat(question.path("maxTokens").asInt()).isEqualTo(64);
        assertThat(question.path("minTokens").asInt()).isEqualTo(64);
        assertThat(question.path("timeout").asInt()).isEqualTo(20);
    }

    @Test
    void countersThatComeLateAreWaitedForOnce() throws Exception {
        cluster("roce", 2);
        for (int n = 1; n <= 2; n++)
            speaking.get(n - 1).counters = List.of(counters(n, 0), counters(n, 0), counters(n, 42_000_000));

        assertThat(prove(2).outcome()).isEqualTo(Outcome.RDMA);

        for (int n = 1; n <= 2; n++) speaking.get(n - 1).counters = List.of(counters(n, 0));
        assertThat(prove(2).outcome()).isEqualTo(Outcome.NOT_PROVABLE);
    }

    @Test
    void anApiThatRefusesSoManyTokensLeavesItUnproved() throws Exception {
        cluster("roce", 2);
        speaking.get(0)
                .answers
                .put(
                        "ask",
                        "{\"ok\":false,\"code\":\"http\",\"message\":\"400\",\"found\":[\"max_tokens is too large\"]}");

        var verdict = prove(2);

        assertThat(verdict.outcome()).isEqualTo(Outcome.NOT_PROVABLE);
        assertThat(verdict.evidence()).isEqualTo("the API refused a completion of 64 tokens: max_tokens is too large");
    }

    @Test
    void fewerTokensThanAskedForProveNothing() throws Exception {
        cluster("roce", 2);
        speaking.get(0).answers.put("ask", ANSWER.replace("64", "3"));

        assertThat(prove(2).evidence()).isEqualTo("the model gave 3 tokens where 64 were asked for");
    }

    @Test
    void noAnswerIsAFailureOfWhoAsked() throws Exception {
        cluster("roce", 2);
        speaking.get(0).answers.put("ask", "{\"ok\":false,\"code\":\"timeout\",\"message\":\"No answer.\"}");

        assertThatThrownBy(() -> prove(2)).hasMessageContaining("asked in vain: timeout");
    }

    @Test
    void oneRankAsksNobody() throws Exception {
        cluster("roce", 2);

        assertThat(prove(1).outcome()).isEqualTo(Outcome.NOTHING);
        assertThat(speaking.get(0).asked).isEmpty();
    }

    @Test
    void nodesWithoutARankAreNoWitnesses() throws Exception {
        cluster("roce", 3);
        for (int i = 0; i < 3; i++) {
            speaking.get(i)
                    .answers
                    .put("status", i == 1 ? "{\"ok\":true,\"ranks\":[]}" : "{\"ok\":true,\"ranks\":[{}]}");
        }

        assertThat(prove(2).evidence()).startsWith("NET/IB on irdma1:1 GID 2 | irdma3:1 GID 4;");

        speaking.get(2).answers.put("status", "{\"ok\":true,\"ranks\":[]}");
        assertThatThrownBy(() -> prove(2)).hasMessageContaining("Of 2 ranks only those on 1 nodes are there");
    }

    @Test
    void aLaunchThatFellBackFailsUnlessThatIsAllowed() throws Exception {
        cluster("roce", 2);
        speaking.get(0).answers.put("model", "{\"ok\":true,\"layers\":32,\"hidden\":4096}");
        speaking.get(1).answers.put("rccl", SOCKET);

        assertThatThrownBy(() -> launched().prove(Progress.SILENT))
                .isInstanceOfSatisfying(
                        StrixhaloException.class,
                        e -> assertThat(e.problems().get(0).found())
                                .containsExactly("TCP; node2: RCCL says 'Using network Socket'"));

        written.requireRdma = false;
        var proof = launched().prove(Progress.SILENT);
        assertThat(proof.verdict().outcome()).isEqualTo(Outcome.TCP);
        assertThat(proof.ways().get(1)).isEqualTo(new LaunchProof.Way("node2", "fab0", "irdma2", 1, 3));
        assertThat(proof.at()).isEqualTo(NOW);
    }

    @Test
    void aModelWhoseSizeNobodyReadsIsProvedAllTheSame() throws Exception {
        cluster("roce", 2);
        speaking.get(0)
                .answers
                .put(
                        "model",
                        "{\"ok\":false,\"code\":\"no-config\",\"message\":\"The configuration of m is not in the cache.\"}");

        var proof = launched().prove(Progress.SILENT);

        assertThat(proof.verdict().outcome()).isEqualTo(Outcome.RDMA);
        assertThat(proof.verdict().evidence()).contains("not known: The configuration of m is not in the cache)");
    }

    @Test
    void statusProvesAnewByTheWaysOfTheLaunch() throws Exception {
        cluster("roce", 2);
        speaking.get(0).answers.put("model", "{\"ok\":true,\"layers\":32,\"hidden\":4096}");
        var proof = launched().prove(Progress.SILENT);
        serve(proof);
        for (var node : speaking)
            node.counters = List.of(counters(rank(node), 42_000_000), counters(rank(node), 42_000_000));

        var look = new StatusLook(nodes(), Duration.ofSeconds(10), true, clock()).look();

        assertThat(look.trouble()).isNull();
        assertThat(look.proof()).isEqualTo(proof);
        // The same text twice: nothing moved, though RCCL still says what it chose.
        assertThat(look.proofNow()).satisfies(now -> assertThat(now.outcome()).isEqualTo(Outcome.NOT_PROVABLE));
        assertThat(new StatusLook(nodes(), Duration.ofSeconds(10), false, clock())
                        .look()
                        .proofNow())
                .isNull();
    }

    @Test
    void aLaunchThatKeptNoWordCannotBeProvedAnew() throws Exception {
        cluster("roce", 2);
        serve(null);

        var look = new StatusLook(nodes(), Duration.ofSeconds(10), true, clock()).look();

        assertThat(look.answering()).isTrue();
        assertThat(look.proof()).isNull();
        assertThat(look.proofNow()).satisfies(now -> assertThat(now.evidence()).contains("launch anew"));
    }

    private Verdict prove(int tensorParallel) throws StrixhaloException {
        return new Proving(nodes(), members(), LAUNCH, tensorParallel)
                .prove(
                        LLAMA,
                        Proving.question(),
                        Duration.ofSeconds(20),
                        refusal -> Problem.of("asked in vain: " + refusal.code())
                                .fix("ask again")
                                .asException());
    }

    private LaunchProving launched() throws StrixhaloException {
        var about = new LaunchAbout("strix", "m", "mp", 2, null, false, "me", null);
        var run = new LaunchRun(
                LAUNCH,
                nodes().cluster(),
                written.on(nodes().cluster()),
                LaunchSecrets.of(null, null, new SecureRandom()),
                members(),
                about,
                new LaunchWatch(Duration.ofSeconds(1)));
        return new LaunchProving(nodes(), run, clock());
    }

    /** Both nodes tell of a living launch, with this proof. */
    private void serve(@Nullable LaunchProof proof) {
        var about = RecordFile.json()
                .valueToTree(new LaunchAbout("strix", "m", "mp", 2, null, false, "me", proof))
                .toString();
        for (var node : speaking) {
            node.answers.put(
                    "status",
                    ("{\"ok\":true,\"launch\":\"%s\",\"about\":%s,\"ready\":\"2026-11-26T14:02:03.000Z\",\"parts\":[{\"name\":\"vllm\","
                                    + "\"state\":\"running\",\"ended\":null}],\"ranks\":[{\"pid\":7,\"title\":\"VLLM::Worker\",\"ended\":null}]}")
                            .formatted(LAUNCH, about));
        }
    }

    private void cluster(String link, int count) {
        Cluster cluster = Written.cluster(link, count);
        for (var node : cluster.nodes()) {
            var each = new SpeakingNode(node);
            speaking.add(each);
            int n = rank(each);
            each.answers.put("ask", ANSWER);
            each.answers.put("rccl", IB.formatted(n));
            each.counters = List.of(counters(n, 0), counters(n, 42_000_000));
        }
        nodes = TestNodes.of(cluster, speaking);
    }

    private Nodes nodes() {
        if (nodes == null) throw new IllegalStateException("no cluster");
        return nodes;
    }

    private List<Member> members() {
        var members = new ArrayList<Member>();
        for (var node : speaking) {
            int n = rank(node);
            members.add(new Member(
                    n - 1,
                    new NodeScript(node, "c"),
                    new NodeNetwork("fab0", Optional.of(new FabricPort("irdma" + n, 1, OptionalInt.of(n + 1))))));
        }
        return members;
    }

    private int rank(SpeakingNode node) {
        return speaking.indexOf(node) + 1;
    }

    private static Clock clock() {
        return Clock.fixed(NOW, ZoneOffset.UTC);
    }

    private static String counters(int n, long moved) {
        return """
                port irdma%1$d 1 ice Ethernet
                count irdma%1$d 1 hw_counters/ip4InOctets %2$d
                count irdma%1$d 1 hw_counters/ip4OutOctets %2$d
                net fab0 1 1
                net eno1 %3$d %3$d
                end
                """.formatted(n, 1000 + moved, moved == 0 ? 0 : 100_000);
    }
}
