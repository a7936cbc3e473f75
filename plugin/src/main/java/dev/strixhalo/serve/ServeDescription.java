package dev.strixhalo.serve;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is to be served as it was written down, nothing checked yet; a null is an element that is not there. */
public record ServeDescription(
        @Nullable String model,
        @Nullable String executor,
        @Nullable Integer tensorParallelSize,
        @Nullable Integer port,
        @Nullable String bind,
        @Nullable Integer contextLength,
        @Nullable Boolean eager,
        @Nullable String dtype,
        @Nullable Double gpuMemoryUtilization,
        @Nullable String attentionBackend,
        @Nullable Integer maxNumSeqs,
        @Nullable Boolean trustRemoteCode,
        @Nullable Boolean eraseCache,
        @Nullable List<String> arguments,
        @Nullable Map<String, String> environment,
        @Nullable Boolean allowAnonymous,
        @Nullable Boolean allowOldRay,
        @Nullable Boolean requireRdma,
        @Nullable Integer downloadStall,
        @Nullable Integer startTimeout,
        @Nullable Integer joinTimeout,
        @Nullable Integer answerTimeout,
        @Nullable Integer rayCpus,
        @Nullable Long rayObjectStore) {}
