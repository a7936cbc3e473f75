package dev.strixhalo.registry;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import dev.strixhalo.store.Fetch;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a registry serves: one repository, its manifests, tags and blobs, and nothing else. A manifest may name blobs that
 * are not served, when whoever pulls has them already (layers of the base, named by diff ID).
 *
 * @param repository for example {@code strixhalo/vllm}
 * @param manifests  by digest
 * @param tags       name to digest of a manifest
 * @param blobs      by digest
 */
public record RegistryContent(
        String repository, Map<Digest, Manifest> manifests, Map<String, Digest> tags, Map<Digest, Blob> blobs) {
    // Both from the OCI distribution specification 1.1, "Pulling manifests".
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");

    public RegistryContent {
        if (repository.length() > 255 || !NAME.matcher(repository).matches()) {
            throw new IllegalArgumentException("no repository name: '" + repository + "'");
        }
        for (var tag : tags.entrySet()) {
            if (!TAG.matcher(tag.getKey()).matches()) throw new IllegalArgumentException("no tag: " + tag.getKey());
            if (!manifests.containsKey(tag.getValue())) {
                throw new IllegalArgumentException("tag " + tag.getKey() + " of a manifest that is not there");
            }
        }
        manifests = Map.copyOf(manifests);
        tags = Map.copyOf(tags);
        blobs = Map.copyOf(blobs);
    }

    /**
     * @param mediaType for example {@code application/vnd.oci.image.manifest.v1+json}
     * @param bytes     exactly as its digest was made from
     */
    @SuppressWarnings("ArrayRecordComponent") // the bytes are the thing; nobody compares two of these
    public record Manifest(String mediaType, byte[] bytes) {
        public Digest digest() {
            return Digest.of(bytes);
        }
    }

    /**
     * @param size   in bytes
     * @param source opened once per request
     */
    public record Blob(long size, Source source) {}

    /** Where the bytes of a blob come from. */
    public interface Source {
        /** The blob from this byte on; may wait for it, must not hold it in memory. */
        InputStream open(long offset) throws IOException;
    }

    /** A repository with nothing in it yet. */
    public static RegistryContent of(String repository) {
        return new RegistryContent(repository, Map.of(), Map.of(), Map.of());
    }

    /** With another manifest or index. */
    public RegistryContent with(Manifest manifest) {
        return new RegistryContent(repository, plus(manifests, manifest.digest(), manifest), tags, blobs);
    }

    /** With a name for a manifest that is there. */
    public RegistryContent withTag(String tag, Digest manifest) {
        return new RegistryContent(repository, manifests, plus(tags, tag, manifest), blobs);
    }

    /**
     * With a blob of the store.
     *
     * @throws StrixhaloException when the store does not hold it
     */
    public RegistryContent withBlob(ContentStore store, Digest digest) throws StrixhaloException {
        return withBlob(digest, new Blob(store.size(digest), offset -> {
            try {
                return offset == 0 ? store.open(digest) : store.openAt(digest, offset);
            } catch (StrixhaloException e) {
                throw new IOException(e.getMessage(), e);
            }
        }));
    }

    /** With a blob of upstream that is fetched when the first reader asks for it. */
    public RegistryContent withBlob(Fetch fetch) {
        return withBlob(fetch.digest(), new Blob(fetch.size(), fetch::open));
    }

    /** With a blob from anywhere. */
    public RegistryContent withBlob(Digest digest, Blob blob) {
        return new RegistryContent(repository, manifests, tags, plus(blobs, digest, blob));
    }

    private static <K, V> Map<K, V> plus(Map<K, V> map, K key, V value) {
        var all = new LinkedHashMap<>(map);
        all.put(key, value);
        return all;
    }
}
