package dev.strixhalo.it.rehearsal;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.BaseImage;
import dev.strixhalo.it.bed.Bed;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.bed.UpstreamRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the chapters play on: the bed, and around it what a user would have already. Made when it is first asked for. */
final class Stage implements AutoCloseable {
    private static final int REGISTRY_PORT = 5000;

    private final Bed bed;
    private final Options options;
    private final Word apiKey = Word.random("API key");
    private final Word hubToken = Word.random("token of the hub");
    private @Nullable BaseImage artefacts;
    private @Nullable UpstreamRegistry registry;
    private @Nullable Project project;

    Stage(Bed bed, Options options) {
        this.bed = bed;
        this.options = options;
    }

    Bed bed() {
        return bed;
    }

    Machine operator() {
        return bed.operator();
    }

    Machine node1() {
        return bed.node("node1");
    }

    Machine node2() {
        return bed.node("node2");
    }

    /** The base image and the model; made from packages, for minutes, unless the cache has them. */
    BaseImage artefacts() throws StrixhaloException {
        if (artefacts == null) artefacts = BaseImage.make(options.cache(), Progress.SILENT);
        return artefacts;
    }

    /** The registry that the base image comes from; its blobs outlive the bed, in the cache. */
    UpstreamRegistry registry() throws StrixhaloException {
        if (registry == null) {
            registry = UpstreamRegistry.start(new UpstreamRegistry.Settings(
                    operator().besides(),
                    operator().lanAddress(),
                    REGISTRY_PORT,
                    options.cache().resolve("registry"),
                    bed.folder().resolve("registry"),
                    null));
        }
        return registry;
    }

    /** The user's Maven project on the operator's machine, with all its files; podman on the nodes trusts its registry. */
    Project project() throws StrixhaloException {
        if (project == null) {
            var made = new Project(operator(), registry());
            Trust.registry(registry(), bed.nodes());
            made.write(registry().host() + "/vllm:latest", apiKey, hubToken);
            project = made;
        }
        return project;
    }

    /** All secrets that the user's settings.xml holds. */
    List<Word> secrets() {
        return List.of(apiKey, hubToken);
    }

    /** The key that the model's API asks for. */
    String apiKey() {
        return apiKey.value();
    }

    @Override
    public void close() {
        if (registry != null) registry.close();
    }
}
