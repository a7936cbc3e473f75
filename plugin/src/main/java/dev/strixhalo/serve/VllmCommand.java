package dev.strixhalo.serve;

import java.util.ArrayList;
import java.util.List;

/** The words of {@code vllm serve} that both executors share. */
final class VllmCommand {
    private VllmCommand() {}

    /**
     * @param executor arguments of the executor, between ours and the user's
     * @param api      whether this process answers requests
     * @param key      whether a request needs the API key
     */
    static List<String> argv(ServeSettings settings, List<String> executor, boolean api, boolean key) {
        var argv = new ArrayList<>(List.of("vllm", "serve", settings.model()));
        if (api) {
            argv.addAll(List.of("--host", settings.bind(), "--port", Integer.toString(settings.port())));
            // vLLM's --api-key would be seen in the process list; the middleware reads a file.
            if (key) argv.addAll(List.of("--middleware", "strixhalo_node.api_key.ApiKey"));
        }
        argv.addAll(List.of("--tensor-parallel-size", Integer.toString(settings.tensorParallelSize())));
        argv.addAll(executor);
        argv.addAll(List.of("--dtype", settings.dtype()));
        argv.addAll(List.of("--gpu-memory-utilization", Double.toString(settings.gpuMemoryUtilization())));
        if (settings.attentionBackend() != null)
            argv.addAll(List.of("--attention-backend", settings.attentionBackend()));
        if (settings.contextLength() != null)
            argv.addAll(List.of("--max-model-len", settings.contextLength().toString()));
        if (settings.maxNumSeqs() != null)
            argv.addAll(List.of("--max-num-seqs", settings.maxNumSeqs().toString()));
        if (settings.eager()) argv.add("--enforce-eager");
        if (settings.trustRemoteCode()) argv.add("--trust-remote-code");
        argv.addAll(settings.arguments());
        return argv;
    }
}
