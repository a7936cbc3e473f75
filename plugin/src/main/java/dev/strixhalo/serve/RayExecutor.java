package dev.strixhalo.serve;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Ray on every node; vLLM on the head asks Ray for one rank per GPU. */
final class RayExecutor implements Executor {
    static final String PART = "ray";
    static final int PORT = 6379;
    /** Titles of ranks, in vLLM's Ray executor of today and in the one before it. */
    private static final String RANKS = "^ray::(RayWorkerProc|RayWorkerWrapper)";
    /** The first thing that `ray start --block` says when its node is up. */
    private static final String STARTED = "Ray runtime started";

    /** Said every few seconds for as long as Ray lives, and by a dashboard that nobody asked for. */
    private static final String NOISE =
            "\\(monitor\\) autoscaler\\.py|^\\[state-dump\\]|Module ray\\.dashboard\\.\\S+ cannot be loaded";

    private static final Duration GRACE = Duration.ofSeconds(20);

    @Override
    public void prepare(LaunchRun run, Progress progress) throws StrixhaloException {
        try (var step = progress.begin("ray")) {
            var head = run.head();
            step.note(head.node().name(), "head starts");
            run.start(head, List.of(part(run, head)));
            for (var member : run.workers()) {
                step.note(member.node().name(), "joins");
                run.start(member, List.of(part(run, member)));
            }
            run.await(run.members(), STARTED, run.settings().timeouts().join());
            var status = joined(run);
            step.done("head %s:%d, %s%d %s, %s GPU"
                    .formatted(
                            head.node().fabric().address(),
                            PORT,
                            run.workers().isEmpty()
                                    ? ""
                                    : run.workers().size() == 1 ? "worker joined, " : "workers joined, ",
                            status.nodes(),
                            status.nodes() == 1 ? "node" : "nodes",
                            status.gpus()));
        }
    }

    @Override
    public List<LaunchRun.Port> ports(LaunchRun run, Member member) {
        return member.head()
                ? List.of(new LaunchRun.Port("Ray", member.node().fabric().address(), PORT))
                : List.of();
    }

    @Override
    public Optional<Part> vllm(LaunchRun run, Member member) {
        if (!member.head()) return Optional.empty();
        var settings = run.settings();
        var environment = new LinkedHashMap<>(NodeEnvironment.ofDriver(run, member));
        environment.put("RAY_ADDRESS", member.node().fabric().address() + ":" + PORT);
        run.addApiKey(environment);
        var argv = VllmCommand.argv(
                settings,
                List.of("--distributed-executor-backend", "ray"),
                true,
                run.secrets().apiKey() != null);
        return Optional.of(new Part(LaunchRun.VLLM, argv, environment, LaunchRun.VLLM_GRACE, null, null));
    }

    private static Part part(LaunchRun run, Member member) {
        var settings = run.settings();
        var argv = new ArrayList<>(List.of(
                "ray",
                "start",
                "--block",
                "--node-ip-address=" + member.node().fabric().address(),
                "--num-gpus=1",
                "--num-cpus=" + settings.ray().cpus(),
                "--disable-usage-stats"));
        if (settings.ray().objectStore() != null)
            argv.add("--object-store-memory=" + settings.ray().objectStore());
        if (member.head()) {
            argv.addAll(List.of("--head", "--port=" + PORT, "--include-dashboard=false"));
        } else {
            argv.add("--address=%s:%d".formatted(run.head().node().fabric().address(), PORT));
        }
        var environment = new LinkedHashMap<>(NodeEnvironment.ofRanks(run, member));
        // Workers and head start at once: a worker tries once a second until the head is there.
        if (!member.head()) {
            environment.put(
                    "RAY_NUM_REDIS_GET_RETRIES",
                    Long.toString(settings.timeouts().join().toSeconds()));
        }
        return new Part(PART, argv, environment, GRACE, RANKS, NOISE);
    }

    /** Asks Ray itself until it counts every node, each with its GPU. */
    private static RayStatus joined(LaunchRun run) throws StrixhaloException {
        int wanted = run.members().size();
        long deadline = System.nanoTime() + run.settings().timeouts().join().toNanos();
        while (true) {
            var answer = run.head().script().ask("ray-status", "", Duration.ofSeconds(60));
            var status = RayStatus.parse(answer.json().path("lines"));
            if (status.isPresent() && status.get().nodes() == wanted) return status.get();
            if (System.nanoTime() > deadline) {
                throw run.diagnose(new Trouble.NeverJoined(
                        status.map(RayStatus::nodes).orElse(0),
                        wanted,
                        answer.json().path("lines").toString()));
            }
            run.checkParts();
        }
    }
}
