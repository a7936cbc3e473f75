package dev.strixhalo.serve;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.util.List;
import java.util.Optional;

/** How ranks come to be on all nodes. */
sealed interface Executor permits RayExecutor, MpExecutor {
    static Executor of(ExecutorKind kind) {
        return switch (kind) {
            case RAY -> new RayExecutor();
            case MP -> new MpExecutor();
        };
    }

    /** Brings up what vLLM needs before it starts, and proves that it is up. */
    void prepare(LaunchRun run, Progress progress) throws StrixhaloException;

    /** The ports that must be free on this member, beside that of the API. */
    List<LaunchRun.Port> ports(LaunchRun run, Member member);

    /** The vLLM that runs on this member, if one does. */
    Optional<Part> vllm(LaunchRun run, Member member);
}
