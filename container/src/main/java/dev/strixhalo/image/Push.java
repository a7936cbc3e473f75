package dev.strixhalo.image;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.blob.Blob;
import com.google.cloud.tools.jib.blob.BlobDescriptor;
import com.google.cloud.tools.jib.blob.Blobs;
import com.google.cloud.tools.jib.image.json.ManifestTemplate;
import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pushes an image to a registry: each blob is asked for first, and only what is not there is sent, ours from the store,
 * the base's streamed from where the base comes from (or mounted, when that is another repository of the same registry).
 */
public final class Push {
    private final ContentStore store;
    private final Credentials credentials;
    private final Progress progress;

    /** @param credentials for the registry that is pushed to */
    public Push(ContentStore store, Credentials credentials, Progress progress) {
        this.store = store;
        this.credentials = credentials;
        this.progress = progress;
    }

    /**
     * Opens the base when a blob of it is missing there, and only then.
     */
    public interface BaseSource {
        OpenBase open() throws StrixhaloException;
    }

    /**
     * Pushes.
     *
     * @param target where to; a tag, no digest
     * @param source opens the base, at most once
     * @throws StrixhaloException when either registry fails or refuses us, or a blob is missing or damaged
     */
    public void run(BuiltImage image, RegistryReference target, BaseSource source) throws StrixhaloException {
        if (target.digest() != null) {
            throw Problem.of("The image cannot be pushed to a digest: it gets its own.")
                    .found("<registry>" + target.text() + "</registry>")
                    .fix("<registry>%s:latest</registry>".formatted(target.name()))
                    .asException();
        }
        var manifestBytes = store.bytes(image.digest());
        var manifest = Manifest.parse(manifestBytes, image.name());
        try (var step = progress.begin("push");
                var upstream = Upstream.open(target, credentials, progress::warn, true)) {
            var missing = missing(manifest, upstream);
            long total = missing.values().stream().mapToLong(Descriptor::size).sum();
            send(image, missing, total, upstream, source, step);
            manifest(manifestBytes, manifest.mediaType(), image.digest(), target, upstream);
            int there = manifest.layers().size() + 1 - missing.size();
            step.done("%s  %s sent, %d of %d blobs were there"
                    .formatted(
                            target.text(),
                            Amount.bytes(total),
                            there,
                            manifest.layers().size() + 1));
        }
    }

    private static Map<Digest, Descriptor> missing(Manifest manifest, Upstream upstream) throws StrixhaloException {
        var missing = new LinkedHashMap<Digest, Descriptor>();
        var all = new java.util.ArrayList<>(manifest.layers());
        // Last, so that a registry never has a configuration without its layers.
        all.add(manifest.config());
        for (var blob : all) {
            try {
                if (upstream.client().checkBlob(Upstream.digest(blob.digest())).isEmpty())
                    missing.put(blob.digest(), blob);
            } catch (IOException | RegistryException e) {
                throw upstream.failure(e, "asking for a blob");
            }
        }
        return missing;
    }

    private void send(
            BuiltImage image,
            Map<Digest, Descriptor> missing,
            long total,
            Upstream upstream,
            BaseSource source,
            Progress.Step step)
            throws StrixhaloException {
        var own = new HashSet<>(image.ownBlobs());
        @Nullable OpenBase base = null;
        try {
            long before = 0;
            for (var blob : missing.values()) {
                long done = before;
                if (own.contains(blob.digest())) {
                    send(blob, Blobs.from(store.path(blob.digest())), null, upstream, done, total, step);
                } else {
                    if (base == null) base = source.open();
                    send(blob, new FromBase(base, blob), sibling(image, upstream), upstream, done, total, step);
                }
                before += blob.size();
            }
        } finally {
            if (base != null) base.close();
        }
    }

    /** The base's repository, if it is of the same registry: blobs are mounted from it then and do not travel. */
    private static @Nullable String sibling(BuiltImage image, Upstream upstream) throws StrixhaloException {
        return image.base().source() instanceof RegistryReference base
                        && base.registry().equals(upstream.reference().registry())
                ? base.repository()
                : null;
    }

    private static void send(
            Descriptor blob,
            Blob content,
            @Nullable String sibling,
            Upstream upstream,
            long before,
            long total,
            Progress.Step step)
            throws StrixhaloException {
        var sent = new long[] {before};
        try {
            upstream.client()
                    .pushBlob(
                            Upstream.digest(blob.digest()),
                            content,
                            sibling,
                            bytes -> step.bytes(null, sent[0] += bytes, total));
        } catch (IOException | RegistryException e) {
            for (Throwable t = e; t != null; t = t.getCause()) {
                if (t instanceof StrixhaloException told) throw told;
            }
            throw upstream.failure(e, "sending a blob");
        }
    }

    private static void manifest(
            byte[] bytes, String mediaType, Digest digest, RegistryReference target, Upstream upstream)
            throws StrixhaloException {
        try {
            var pushed = upstream.client().pushManifest(new Raw(bytes, mediaType), target.qualifier());
            if (!pushed.toString().equals(digest.value())) {
                throw new IllegalStateException("the manifest %s was sent as %s".formatted(digest, pushed));
            }
        } catch (IOException | RegistryException e) {
            throw upstream.failure(e, "sending the manifest");
        }
    }

    /** A manifest that Jib sends byte for byte as it is. */
    private record Raw(@JsonIgnore byte[] bytes, @JsonIgnore String mediaType) implements ManifestTemplate {
        @JsonValue
        @JsonRawValue
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        @JsonIgnore
        public int getSchemaVersion() {
            return 2;
        }

        @Override
        @JsonIgnore
        public String getManifestMediaType() {
            return mediaType;
        }
    }

    /** A blob of the base on its way through; not kept, not read twice. */
    private record FromBase(OpenBase base, Descriptor descriptor) implements Blob {
        @Override
        public BlobDescriptor writeTo(OutputStream to) throws IOException {
            try {
                base.blob(descriptor, to, bytes -> {});
                return new BlobDescriptor(descriptor.size(), Upstream.digest(descriptor.digest()));
            } catch (StrixhaloException e) {
                throw new IOException(e);
            }
        }

        @Override
        public boolean isRetryable() {
            return false;
        }
    }
}
