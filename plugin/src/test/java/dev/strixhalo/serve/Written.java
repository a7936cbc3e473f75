package dev.strixhalo.serve;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.NodeDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a pom says, for tests: everything at its default but what a test sets. */
final class Written {
    @Nullable
    String model = "facebook/opt-125m";

    @Nullable
    String executor;

    @Nullable
    Integer tensorParallelSize;

    @Nullable
    Integer port;

    @Nullable
    String bind;

    @Nullable
    Integer contextLength;

    @Nullable
    Boolean eager;

    @Nullable
    String dtype;

    @Nullable
    Double gpuMemoryUtilization;

    @Nullable
    String attentionBackend;

    @Nullable
    Integer maxNumSeqs;

    @Nullable
    Boolean trustRemoteCode;

    @Nullable
    List<String> arguments;

    @Nullable
    Map<String, String> environment;

    @Nullable
    Boolean allowAnonymous;

    @Nullable
    Boolean requireRdma;

    @Nullable
    Integer joinTimeout;

    @Nullable
    Long rayObjectStore;

    static Cluster cluster(String link, int nodes) {
        var descriptions = new ArrayList<NodeDescription>();
        for (int i = 1; i <= nodes; i++) {
            descriptions.add(
                    new NodeDescription("node" + i, "10.0.0.1" + i, null, "192.168.100.%d/29".formatted(i), null));
        }
        try {
            return Cluster.of("strix", link, descriptions);
        } catch (StrixhaloException e) {
            throw new AssertionError(e);
        }
    }

    ServeSettings on(Cluster cluster) throws StrixhaloException {
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
                        null,
                        arguments,
                        environment,
                        allowAnonymous,
                        null,
                        requireRdma,
                        null,
                        null,
                        joinTimeout,
                        null,
                        null,
                        rayObjectStore),
                cluster,
                Launch.Until.ANSWER);
    }

    ServeSettings onTwo() {
        try {
            return on(cluster("roce", 2));
        } catch (StrixhaloException e) {
            throw new AssertionError(e);
        }
    }

    /** What is found wrong, all of it. */
    String refused() {
        try {
            on(cluster("roce", 2));
        } catch (StrixhaloException e) {
            return e.problems().stream()
                    .map(p -> p.sentence() + " | " + String.join(" | ", p.found()) + " | "
                            + String.join(" | ", p.fixes()))
                    .collect(Collectors.joining("\n"));
        }
        throw new AssertionError("nothing was found wrong");
    }
}
