package dev.strixhalo.plugin;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.serve.Launch;
import dev.strixhalo.serve.ServeDescription;
import dev.strixhalo.serve.ServeSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The element {@code <serve>}, as Maven fills it; nothing is checked before {@link #toSettings}. */
public final class ServeConfiguration {
    /**
     * A name of the Hugging Face hub, for example {@code openai/gpt-oss-20b}, or an absolute path that is in every node's
     * container.
     */
    private @Nullable String model;

    /** How the ranks find each other: {@code ray} (default) or {@code mp}. */
    private @Nullable String executor;

    /** Over how many GPUs each layer is split; all of the cluster's unless said otherwise. */
    private @Nullable Integer tensorParallelSize;

    /** Port of the API on the head; 8000 unless said otherwise. */
    private @Nullable Integer port;

    /** Address of the API on the head; 127.0.0.1 unless said otherwise. Any other demands an API key. */
    private @Nullable String bind;

    /** Longest prompt and answer together, in tokens; the model's own unless said otherwise. */
    private @Nullable Integer contextLength;

    /** Without graph capture, which is unstable over two such machines; true unless said otherwise. */
    private @Nullable Boolean eager;

    /** Type of weights and activations; {@code auto} unless said otherwise. */
    private @Nullable String dtype;

    /** Share of the GPU's memory that vLLM may take; 0.90 unless said otherwise, more overcommits unified memory. */
    private @Nullable Double gpuMemoryUtilization;

    /** vLLM's attention backend; {@code TRITON_ATTN} unless said otherwise, an empty element lets vLLM choose. */
    private @Nullable String attentionBackend;

    /** How many requests run at once; vLLM's own unless said otherwise. */
    private @Nullable Integer maxNumSeqs;

    /** Whether Python code that comes with the model may run; false unless said otherwise. */
    private @Nullable Boolean trustRemoteCode;

    /** Whether the caches of vLLM, Triton and the compiler are emptied on all nodes first; false unless said otherwise. */
    private @Nullable Boolean eraseCache;

    /**
     * More arguments for {@code vllm serve}, one word each, for example {@code --tool-call-parser} and {@code openai}; they
     * come last and so win.
     */
    private @Nullable List<String> arguments;

    /** More variables for Ray and vLLM on all nodes, for example {@code <VLLM_LOGGING_LEVEL>DEBUG</VLLM_LOGGING_LEVEL>}; no secrets. */
    private @Nullable Map<String, String> environment;

    /** Whether an API that others can reach may do without a key; false unless said otherwise. */
    private @Nullable Boolean allowAnonymous;

    /** Whether a Ray older than 2.52, which knows no token, is good enough; false unless said otherwise. */
    private @Nullable Boolean allowOldRay;

    /**
     * Whether a launch over {@code roce} or {@code infiniband} fails unless counters and RCCL's own lines prove that the ranks
     * use RDMA; true unless said otherwise.
     */
    private @Nullable Boolean requireRdma;

    /** Id of the server of settings.xml whose password is the API key; the variable STRIXHALO_API_KEY is read unless set. */
    private @Nullable String apiKeyServer;

    /** Id of the server of settings.xml whose password is the token of Hugging Face; HF_TOKEN is read unless set. */
    private @Nullable String hubTokenServer;

    /** Seconds without a byte after which a download fails; 120 unless said otherwise. */
    private @Nullable Integer downloadStall;

    /** Seconds from vLLM's start to its first answer, the download not counted; 900 unless said otherwise. */
    private @Nullable Integer startTimeout;

    /** Seconds in which all nodes have to join Ray; 120 unless said otherwise. */
    private @Nullable Integer joinTimeout;

    /** Seconds that the first completion may take; 120 unless said otherwise. */
    private @Nullable Integer answerTimeout;

    /** CPUs that Ray may schedule on each node; 8 unless said otherwise. */
    private @Nullable Integer rayCpus;

    /** Bytes of Ray's object store on each node; Ray's own choice unless said otherwise. */
    private @Nullable Long rayObjectStore;

    /**
     * The settings that were described.
     *
     * @throws StrixhaloException with everything that is wrong with the description
     */
    ServeSettings toSettings(Cluster cluster, Launch.Until until) throws StrixhaloException {
        return ServeSettings.of(
                new ServeDescription(
                        model,
                        executor,
                        tensorParallelSize,
                        port,
                        bind,
                        contextLength,
                        eager,
                        dtype,
                        gpuMemoryUtilization,
                        attentionBackend,
                        maxNumSeqs,
                        trustRemoteCode,
                        eraseCache,
                        arguments,
                        environment,
                        allowAnonymous,
                        allowOldRay,
                        requireRdma,
                        downloadStall,
                        startTimeout,
                        joinTimeout,
                        answerTimeout,
                        rayCpus,
                        rayObjectStore),
                cluster,
                until);
    }

    @Nullable
    String apiKeyServer() {
        return apiKeyServer;
    }

    @Nullable
    String hubTokenServer() {
        return hubTokenServer;
    }
}
