package dev.strixhalo.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.Digest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a base: its manifest and its configuration. The image ID is the digest of the configuration and stays
 * the same whatever way the image travels; the digest of the manifest does not (compressed again, it is another).
 */
public final class BaseImage {
    private final BaseReference reference;
    private final @Nullable Digest digest;
    private final ObjectNode manifestTree;
    private final byte[] manifestBytes;
    private final Manifest manifest;
    private final ObjectNode config;
    private final byte[] configBytes;
    private final List<Digest> diffIds;
    private final List<Digest> kept;

    /**
     * @param digest        of the manifest, or null when the base has none (docker archive)
     * @param manifestBytes of linux/amd64
     * @param config        the configuration's bytes
     * @param kept          blobs in the store that this was read from
     */
    BaseImage(BaseReference reference, @Nullable Digest digest, byte[] manifestBytes, byte[] config, List<Digest> kept)
            throws StrixhaloException {
        this.reference = reference;
        this.digest = digest;
        this.manifestTree = Manifest.tree(manifestBytes, reference.text());
        this.manifest = Manifest.of(manifestTree, reference.text());
        this.config = Manifest.tree(config, reference.text());
        this.configBytes = config.clone();
        this.manifestBytes = manifestBytes.clone();
        this.kept = List.copyOf(kept);
        this.diffIds = diffIds();
        checkPlatform();
    }

    private List<Digest> diffIds() throws StrixhaloException {
        var ids = new ArrayList<Digest>();
        for (var id : config.path("rootfs").path("diff_ids")) ids.add(Digest.parse(id.asText()));
        if (ids.size() != manifest.layers().size() || ids.isEmpty()) {
            throw Problem.of("The base image %s contradicts itself.".formatted(reference.text()))
                    .found("%d layers in the manifest, %d in the configuration"
                            .formatted(manifest.layers().size(), ids.size()))
                    .fix("use an image with layers that podman can run: podman run --rm " + reference.text() + " true")
                    .asException();
        }
        return List.copyOf(ids);
    }

    private void checkPlatform() throws StrixhaloException {
        var os = config.path("os").asText("linux");
        var architecture = config.path("architecture").asText("amd64");
        if (os.equals("linux") && architecture.equals("amd64")) return;
        throw Problem.of("The base image is for another kind of machine; Strix Halo is linux/amd64.")
                .found("%s is for %s/%s".formatted(reference.text(), os, architecture))
                .fix("use a tag that was built for linux/amd64")
                .asException();
    }

    BaseReference reference() {
        return reference;
    }

    @Nullable
    Digest digest() {
        return digest;
    }

    ObjectNode manifestTree() {
        return manifestTree.deepCopy();
    }

    /** Its layers and configuration. */
    public Manifest manifest() {
        return manifest;
    }

    ObjectNode config() {
        return config.deepCopy();
    }

    byte[] manifestBytes() {
        return manifestBytes.clone();
    }

    byte[] configBytes() {
        return configBytes.clone();
    }

    /** Digest of the configuration. */
    public Digest imageId() {
        return manifest.config().digest();
    }

    /** Digests of the layers' tars, the lowest first. */
    List<Digest> diffIdsOfLayers() {
        return diffIds;
    }

    List<Digest> kept() {
        return kept;
    }
}
