package dev.strixhalo.deploy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.image.Descriptor;
import dev.strixhalo.image.Manifest;
import dev.strixhalo.image.OpenBase;
import dev.strixhalo.registry.RegistryContent;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import dev.strixhalo.store.Fetch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The base as this side hands it on: each layer is fetched once, when the first node asks for it, and every node reads
 * along.
 */
final class OperatorBase implements AutoCloseable {
    private final OpenBase base;
    private final Manifest manifest;
    private final List<Fetch> fetches = new ArrayList<>();

    /**
     * @param base where it comes from; closed with this
     * @param keep whether the layers stay in the store for the next time
     */
    OperatorBase(OpenBase base, ContentStore store, boolean keep) throws StrixhaloException {
        this.base = base;
        this.manifest = Manifest.parse(base.manifestBytes(), "the base");
        for (var layer : manifest.layers()) {
            fetches.add(new Fetch(
                    store,
                    layer.digest(),
                    layer.size(),
                    out -> base.blob(layer, out, count -> {}),
                    keep ? Fetch.Keep.IN_STORE : Fetch.Keep.WHILE_OPEN));
        }
    }

    List<Descriptor> layers() {
        return manifest.layers();
    }

    /** Digest of the manifest that nodes ask for. */
    Digest manifest() {
        return Digest.of(base.manifestBytes());
    }

    /** The same content and the base beside it. */
    RegistryContent addTo(RegistryContent content) {
        var bytes = base.configBytes();
        var with = content.with(new RegistryContent.Manifest(manifest.mediaType(), base.manifestBytes()))
                .withBlob(
                        manifest.config().digest(),
                        new RegistryContent.Blob(
                                bytes.length,
                                offset -> new ByteArrayInputStream(
                                        bytes, Math.toIntExact(offset), bytes.length - Math.toIntExact(offset))));
        for (var fetch : fetches) with = with.withBlob(fetch);
        return with;
    }

    /** Why upstream failed, where it did: podman at the other end of the connection cannot tell. */
    List<String> failures() {
        return fetches.stream()
                .flatMap(fetch -> fetch.lastFailure().stream())
                .map(failure -> String.valueOf(failure.getMessage()))
                .distinct()
                .toList();
    }

    @Override
    public void close() throws StrixhaloException {
        try {
            for (var fetch : fetches) fetch.close();
        } catch (IOException e) {
            throw new UncheckedIOException("the content store", e);
        } finally {
            base.close();
        }
    }
}
