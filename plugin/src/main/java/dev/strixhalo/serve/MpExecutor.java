package dev.strixhalo.serve;

import dev.strixhalo.base.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** vLLM on every node, each with its rank; only the head has an API. */
final class MpExecutor implements Executor {
    /** Where the ranks meet; vLLM's own default, said so that it can be checked to be free. */
    static final int MASTER_PORT = 29501;

    private static final String WORKERS = "^VLLM::Worker";
    /** With one rank alone vLLM starts no worker: the engine is the rank. */
    private static final String ENGINE = "^VLLM::EngineCore";

    @Override
    public void prepare(LaunchRun run, Progress progress) {
        // Nothing is needed before vLLM.
    }

    @Override
    public List<LaunchRun.Port> ports(LaunchRun run, Member member) {
        return member.head()
                ? List.of(new LaunchRun.Port("ranks", member.node().fabric().address(), MASTER_PORT))
                : List.of();
    }

    @Override
    public Optional<Part> vllm(LaunchRun run, Member member) {
        // Fewer ranks than nodes: the last nodes have nothing to do.
        int nodes = run.settings().tensorParallelSize();
        if (member.rank() >= nodes) return Optional.empty();
        var executor = new ArrayList<>(List.of("--distributed-executor-backend", "mp"));
        if (nodes > 1) {
            executor.addAll(List.of(
                    "--nnodes", Integer.toString(nodes),
                    "--node-rank", Integer.toString(member.rank()),
                    "--master-addr", run.head().node().fabric().address(),
                    "--master-port", Integer.toString(MASTER_PORT)));
            if (!member.head()) executor.add("--headless");
        }
        var environment = new LinkedHashMap<>(NodeEnvironment.ofRanks(run, member));
        if (member.head()) run.addApiKey(environment);
        var argv = VllmCommand.argv(
                run.settings(), executor, member.head(), run.secrets().apiKey() != null);
        return Optional.of(
                new Part(LaunchRun.VLLM, argv, environment, LaunchRun.VLLM_GRACE, nodes > 1 ? WORKERS : ENGINE, null));
    }
}
