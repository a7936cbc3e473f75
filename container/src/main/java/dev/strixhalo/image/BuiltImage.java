package dev.strixhalo.image;

import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.Digest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code build-image} made, as it stands in {@code target/strixhalo/image.json}. Its blobs (both manifests, the
 * configuration and our layers) are in the content store under the digests named here.
 *
 * @param name           of the image, without registry and tag
 * @param imageId        digest of the configuration: the identity of the image on every node
 * @param digest         of the published manifest, for registries and archives
 * @param deployManifest digest of the manifest for nodes that have the base; it names the base's layers by diff ID
 * @param configSize     of the configuration in bytes
 * @param base           what it stands on
 * @param layers         ours, the lowest first
 * @param facts          what else is known of it, see {@link Recipe#facts}
 * @param revision       of the sources it was built from, or null
 * @param built          when
 * @param took           how long
 */
public record BuiltImage(
        String name,
        Digest imageId,
        Digest digest,
        Digest deployManifest,
        long configSize,
        Base base,
        List<Layer> layers,
        Map<String, String> facts,
        @Nullable String revision,
        Instant built,
        Duration took) {
    private static final int SCHEMA = 2;

    public BuiltImage {
        layers = List.copyOf(layers);
        facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    }

    /**
     * The base.
     *
     * @param reference      as the user wrote it
     * @param pinned         the same by digest and in full, as any podman pulls it; null for an archive
     * @param archive        absolute path of the docker archive; null for a registry
     * @param digest         of its manifest for linux/amd64; null for an archive
     * @param imageId        digest of its configuration
     * @param layers         how many
     * @param compressedSize bytes of its layers as they travel; of an archive, unpacked
     */
    public record Base(
            String reference,
            @Nullable String pinned,
            @Nullable String archive,
            @Nullable Digest digest,
            Digest imageId,
            int layers,
            long compressedSize) {
        /** Where exactly this base comes from, though the tag may have moved since. */
        BaseReference source() throws StrixhaloException {
            if (archive != null) return new ArchiveReference(reference, Path.of(archive));
            return RegistryReference.parse(pinned == null ? reference : pinned);
        }
    }

    /**
     * A layer of ours.
     *
     * @param purpose  what it is for
     * @param digest   of the compressed tar
     * @param diffId   of the tar
     * @param size     of the compressed tar in bytes
     * @param unpacked of the tar in bytes
     * @param files    files and links in it
     * @param made     when it was made
     */
    public record Layer(
            String purpose, Digest digest, Digest diffId, long size, long unpacked, int files, Instant made) {}

    /** Where the record lies in the folder of the records, {@code target/strixhalo}. */
    public static RecordFile<BuiltImage> file(Path folder) {
        return new RecordFile<>(
                folder.resolve("image.json"), "strixhalo.image", SCHEMA, BuiltImage.class, "build-image");
    }

    /** The blobs of ours that a node with the base lacks: the configuration, then our layers. All are in the store. */
    public List<Digest> ownBlobs() {
        var blobs = new ArrayList<Digest>();
        blobs.add(imageId);
        layers.forEach(layer -> blobs.add(layer.digest()));
        return List.copyOf(blobs);
    }

    /** Bytes of our layers as they travel. */
    public long ownSize() {
        return layers.stream().mapToLong(Layer::size).sum();
    }

    /** Whether the other is the same image, whenever it was built. */
    boolean same(BuiltImage other) {
        return name.equals(other.name)
                && digest.equals(other.digest)
                && deployManifest.equals(other.deployManifest)
                && base.equals(other.base)
                && layers.stream()
                        .map(Layer::digest)
                        .toList()
                        .equals(other.layers.stream().map(Layer::digest).toList());
    }
}
