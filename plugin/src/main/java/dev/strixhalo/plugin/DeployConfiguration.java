package dev.strixhalo.plugin;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.deploy.DeploySettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The element {@code <deploy>}, as Maven fills it; nothing is checked before {@link #toSettings}. */
public final class DeployConfiguration {
    /**
     * Who fetches the base image: {@code node} (default: each node pulls it from where it comes from) or {@code operator}
     * (this machine fetches it once and hands it to all nodes).
     */
    private @Nullable String baseFrom;

    /** Whether what {@code operator} fetched of the base stays in the content store for the next time; false unless set. */
    private boolean keepBase;

    /**
     * Limit of locked memory in the container: {@code unlimited} (default unless the link is {@code tcp}), or bytes with k,
     * m or g, for example {@code 8m}.
     */
    private @Nullable String memlock;

    /** More devices for the container, for example {@code /dev/fuse}; those of GPU and RDMA are there already. */
    private @Nullable List<String> devices;

    /**
     * More folders of the node for the container, for example {@code ~/models:/models:ro}; the caches of Hugging Face, vLLM
     * and Triton are there already.
     */
    private @Nullable List<String> volumes;

    /**
     * Variables for every process in the container, for example {@code <HF_HUB_OFFLINE>1</HF_HUB_OFFLINE>}; no secrets,
     * everyone on the node can read them.
     */
    private @Nullable Map<String, String> environment;

    /** More words for {@code podman create}, for example {@code --memory=100g}. */
    private @Nullable List<String> runArgs;

    /** Minutes that one pull may take on a node; 120 unless said otherwise. */
    private int pullMinutes = 120;

    /** Seconds that the gate may take on a node; 300 unless said otherwise. */
    private int gateSeconds = 300;

    boolean keepBase() {
        return keepBase;
    }

    /** @throws StrixhaloException with everything that is wrong */
    DeploySettings toSettings(Link link) throws StrixhaloException {
        return DeploySettings.of(
                link,
                baseFrom,
                memlock,
                devices == null ? List.of() : devices,
                volumes == null ? List.of() : volumes,
                environment == null ? Map.of() : environment,
                runArgs == null ? List.of() : runArgs,
                Duration.ofMinutes(pullMinutes),
                Duration.ofSeconds(gateSeconds));
    }
}
