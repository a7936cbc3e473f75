package dev.strixhalo.it.stage;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.BaseImage;
import dev.strixhalo.it.bed.Bed;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.bed.UpstreamRegistry;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What chapters of the rehearsal and contests of the benchmark play on: the bed, and around it what a user would have already.
 * Made when it is first asked for.
 */
public final class Stage implements AutoCloseable {
    private static final int REGISTRY_PORT = 5000;

    private final Bed bed;
    private final Path cache;
    private final Word apiKey = Word.random("API key");
    private final Word hubToken = Word.random("token of the hub");
    private @Nullable BaseImage artefacts;
    private @Nullable UpstreamRegistry registry;
    private @Nullable Project project;

    /** @param cache where the base image, the model and the registry's blobs outlive the bed */
    public Stage(Bed bed, Path cache) {
        this.bed = bed;
        this.cache = cache;
    }

    public Bed bed() {
        return bed;
    }

    public Machine operator() {
        return bed.operator();
    }

    public Machine node1() {
        return bed.node("node1");
    }

    public Machine node2() {
        return bed.node("node2");
    }

    /** The base image and the model; made from packages, for minutes, unless the cache has them. */
    public BaseImage artefacts() throws StrixhaloException {
        if (artefacts == null) artefacts = BaseImage.make(cache, Progress.SILENT);
        return artefacts;
    }

    /** The registry that the base image comes from; its blobs outlive the bed, in the cache. */
    public UpstreamRegistry registry() throws StrixhaloException {
        if (registry == null) {
            registry = UpstreamRegistry.start(new UpstreamRegistry.Settings(
                    operator().besides(),
                    operator().lanAddress(),
                    REGISTRY_PORT,
                    cache.resolve("registry"),
                    bed.folder().resolve("registry"),
                    null));
        }
        return registry;
    }

    /** The user's Maven project on the operator's machine, with all its files; podman on the nodes trusts its registry. */
    public Project project() throws StrixhaloException {
        if (project == null) {
            var made = new Project(operator(), registry());
            Trust.registry(registry(), bed.nodes());
            made.write(registry().host() + "/vllm:latest", apiKey, hubToken);
            project = made;
        }
        return project;
    }

    /** What the owner of the nodes has done: a model lies there, their user lingers, podman was called before. */
    public void prepareNodes() throws StrixhaloException {
        project();
        for (var node : bed.nodes()) {
            Models.put(artefacts().model(), node, "tiny");
            node.run("loginctl", "enable-linger").orFail();
            // podman makes locks of its own when it is first called; a dry run is not to be blamed for them.
            node.run("podman", "ps").orFail();
        }
    }

    /** All secrets that the user's settings.xml holds. */
    public List<Word> secrets() {
        return List.of(apiKey, hubToken);
    }

    /** The key that the model's API asks for. */
    public String apiKey() {
        return apiKey.value();
    }

    /** Leaves what runs around the bed as it is, for a bed that is kept. */
    public void leave() throws StrixhaloException {
        if (registry != null) registry.leave();
        registry = null;
    }

    @Override
    public void close() {
        if (registry != null) registry.close();
    }
}
