package dev.strixhalo.serve;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.rdma.Verdict;
import dev.strixhalo.remote.Nodes;
import java.time.Clock;
import java.util.List;

/** The last thing that a launch does before it is ready: it proves by what its ranks speak to each other. */
final class LaunchProving {
    private final Nodes nodes;
    private final LaunchRun run;
    private final Clock clock;

    LaunchProving(Nodes nodes, LaunchRun run, Clock clock) {
        this.nodes = nodes;
        this.run = run;
        this.clock = clock;
    }

    /**
     * Proves, and says what came of it.
     *
     * @throws StrixhaloException when the link promises RDMA, RDMA is required, and it is not proved
     */
    LaunchProof prove(Progress progress) throws StrixhaloException {
        var settings = run.settings();
        var link = run.cluster().link();
        try (var step = progress.begin(LaunchProof.topic(link))) {
            step.note(null, "%d tokens with the counters around them".formatted(Proving.TOKENS));
            var size = ModelSize.look(run.head().script(), settings);
            var question = Proving.question();
            question.put("address", settings.nearAddress());
            question.put("port", settings.port());
            var verdict = new Proving(nodes, run.members(), run.id(), settings.tensorParallelSize())
                    .prove(size, question, settings.timeouts().answer(), this::unanswered);
            if (!verdict.wanted() && link.rdma() && settings.requireRdma())
                throw problem(verdict, settings).asException();
            step.done(verdict.told());
            advice(verdict, link).forEach(progress::warn);
            return new LaunchProof(
                    link.text(),
                    clock.instant(),
                    verdict,
                    size,
                    run.members().stream().map(LaunchProof.Way::of).toList());
        }
    }

    private StrixhaloException unanswered(NodeScript.Answer refusal) throws StrixhaloException {
        run.checkParts();
        return run.diagnose(new Trouble.NoAnswer(
                run.head().node(),
                refusal.code(),
                refusal.json().path("message").asText(),
                refusal.json().path("found").path(0).asText()));
    }

    /** What is wrong when a link that promises RDMA does not keep it. */
    static Problem problem(Verdict verdict, ServeSettings settings) {
        var problem = Problem.of(
                        verdict.outcome() == Verdict.Outcome.TCP
                                ? "the ranks speak TCP to each other, not RDMA: everything works, many times slower."
                                : "that the ranks speak RDMA to each other is not proved.")
                .found(verdict.evidence());
        for (var warning : verdict.warnings()) problem = problem.found(warning);
        var theirs = settings.environment().keySet().stream()
                .filter(name -> name.startsWith("NCCL_DEBUG"))
                .sorted()
                .toList();
        if (!theirs.isEmpty())
            problem = problem.fix(
                    "take %s out of <environment>: RCCL's own lines are missed where they would be looked for"
                            .formatted(String.join(", ", theirs)));
        return problem.fix("see what keeps RCCL from it: mvn strixhalo:doctor")
                .fix("read RCCL's own lines: mvn strixhalo:logs")
                .fix("serve all the same: -Dstrixhalo.serve.requireRdma=false");
    }

    /** What the user should know though the launch goes on. */
    static List<String> advice(Verdict verdict, Link link) {
        if (!verdict.warnings().isEmpty()) {
            return verdict.warnings().stream()
                    .map(
                            warning -> warning
                                    + " See 'ip route get' with the other nodes' fabric addresses, and *_SOCKET_IFNAME in <environment>.")
                    .toList();
        }
        if (verdict.wanted()) return List.of();
        return List.of(
                link.rdma()
                        ? "RDMA is not proved; it serves all the same, since <requireRdma> is false."
                        : "That the fabric carries the ranks' traffic is not proved; it serves all the same.");
    }
}
