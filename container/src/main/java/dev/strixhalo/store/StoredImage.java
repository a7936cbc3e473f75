package dev.strixhalo.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An image of which the store holds blobs; what it names is not pruned while the image is kept.
 *
 * @param name     as the user calls it, for example {@code strixhalo/vllm-therock-gfx1151}
 * @param imageId  digest of its configuration: its identity on every node
 * @param manifest digest of its manifest
 * @param blobs    those that the store holds, the manifest and the configuration among them
 * @param made     when it was first recorded
 * @param lastUsed when it was last built, deployed or sent
 */
public record StoredImage(
        String name, Digest imageId, Digest manifest, List<StoredBlob> blobs, Instant made, Instant lastUsed) {
    public StoredImage {
        if (name.isBlank()) throw new IllegalArgumentException("an image without a name");
        if (lastUsed.isBefore(made)) throw new IllegalArgumentException("used before it was made");
        blobs = List.copyOf(blobs);
    }

    /** Whether a blob is of our making or a copy of what upstream has. */
    public enum Origin {
        /** Made here; to lose it means to build again. */
        OWN,
        /** Part of the base, fetched through us; can be fetched again, so it is the first to go. */
        BASE
    }

    /**
     * @param digest what it is
     * @param size   in bytes
     * @param origin how dear it is
     */
    public record StoredBlob(Digest digest, long size, Origin origin) {}

    /** The same image with another blob that the store now holds. */
    public StoredImage with(StoredBlob blob) {
        if (blobs.stream().anyMatch(b -> b.digest().equals(blob.digest()))) return this;
        var all = new ArrayList<>(blobs);
        all.add(blob);
        return new StoredImage(name, imageId, manifest, all, made, lastUsed);
    }

    /** The same image, used at this time. */
    public StoredImage usedAt(Instant when) {
        return new StoredImage(name, imageId, manifest, blobs, made, when.isBefore(made) ? made : when);
    }

    StoredImage withBlobs(List<StoredBlob> others) {
        return new StoredImage(name, imageId, manifest, others, made, lastUsed);
    }
}
