package dev.strixhalo.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.image.BuiltImage;
import dev.strixhalo.image.Push;
import dev.strixhalo.registry.RegistryContent;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import dev.strixhalo.store.StoredImage;
import dev.strixhalo.store.StoredImage.StoredBlob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The image that a deploy carries, and where its bytes lie.
 *
 * @param built      the image
 * @param baseLayers diff IDs of its base, from the lowest up; what a node has of them need not travel
 * @param content    what this side serves to the nodes
 * @param store     where our blobs lie, and the base's on their way through
 * @param source    opens the base, for nodes that get it through us
 * @param keepBase  whether what was fetched of the base stays in the store
 * @param published the whole image in a registry of the user's, from which nodes pull it; null without one
 * @param baseLogin for nodes that pull the base by themselves
 */
public record Cargo(
        BuiltImage built,
        List<String> baseLayers,
        RegistryContent content,
        ContentStore store,
        Push.BaseSource source,
        boolean keepBase,
        @Nullable PullSource published,
        PullSource.Login baseLogin) {
    /** The repository that a run's registry serves. */
    static final String REPOSITORY = "strixhalo/image";

    public Cargo {
        baseLayers = List.copyOf(baseLayers);
    }

    /**
     * Packs what {@code build-image} left in the store.
     *
     * @throws StrixhaloException when the store no longer has it
     */
    public static Cargo of(
            BuiltImage built,
            ContentStore store,
            Push.BaseSource source,
            boolean keepBase,
            @Nullable PullSource published,
            PullSource.Login baseLogin)
            throws StrixhaloException {
        for (var digest : blobs(built)) {
            if (store.has(digest)) continue;
            throw Problem.of("The content store no longer has what build-image made.")
                    .found("no blob %s in %s".formatted(digest, store.folder()))
                    .fix("mvn strixhalo:build-image")
                    .asException();
        }
        var stored = stored(built, store);
        if (stored.isPresent()) store.use(stored.get());
        var bytes = store.bytes(built.deployManifest());
        var content = RegistryContent.of(REPOSITORY).with(new RegistryContent.Manifest(mediaType(bytes), bytes));
        for (var digest : built.ownBlobs()) content = content.withBlob(store, digest);
        return new Cargo(
                built,
                baseLayers(built, store.bytes(built.imageId())),
                content,
                store,
                source,
                keepBase,
                published,
                baseLogin);
    }

    OperatorBase openBase() throws StrixhaloException {
        return new OperatorBase(source.open(), store, keepBase);
    }

    /** Notes which layers of the base the store now has, so that they stay as long as the image is used. */
    void remember(OperatorBase base) throws StrixhaloException {
        var stored = stored(built, store);
        if (!keepBase || stored.isEmpty()) return;
        var image = stored.get();
        for (var layer : base.layers()) {
            if (store.has(layer.digest()))
                image = image.with(new StoredBlob(layer.digest(), layer.size(), StoredImage.Origin.BASE));
        }
        store.record(image);
    }

    private static Optional<StoredImage> stored(BuiltImage built, ContentStore store) throws StrixhaloException {
        return store.images().stream()
                .filter(image ->
                        image.manifest().equals(built.digest()) && image.name().equals(built.name()))
                .findFirst();
    }

    String imageId() {
        return built.imageId().value();
    }

    long ownBytes() {
        return built.ownSize() + built.configSize();
    }

    long baseBytes() {
        return built.base().compressedSize();
    }

    /** How the base comes to a node that does not have it; one that came as an archive can only come through us. */
    NodePlan.Base baseWay(BaseFrom wanted) {
        if (published != null) return NodePlan.Base.WITH_IMAGE;
        return wanted == BaseFrom.NODE && built.base().pinned() != null ? NodePlan.Base.NODE : NodePlan.Base.OPERATOR;
    }

    /** The base by digest, as a node pulls it. */
    PullSource basePull() {
        var pinned = built.base().pinned();
        if (pinned == null) throw new IllegalStateException("the base came as an archive");
        return new PullSource(pinned, baseLogin);
    }

    private static List<Digest> blobs(BuiltImage built) {
        var blobs = new ArrayList<>(built.ownBlobs());
        blobs.add(built.deployManifest());
        return blobs;
    }

    private static List<String> baseLayers(BuiltImage built, byte[] config) throws StrixhaloException {
        var layers = new ArrayList<String>();
        json(config).path("rootfs").path("diff_ids").forEach(id -> layers.add(id.asText()));
        return layers.subList(0, layers.size() - built.layers().size());
    }

    private static String mediaType(byte[] manifest) throws StrixhaloException {
        return json(manifest).path("mediaType").asText("application/vnd.oci.image.manifest.v1+json");
    }

    private static JsonNode json(byte[] bytes) throws StrixhaloException {
        try {
            return RecordFile.json().readTree(bytes);
        } catch (JsonProcessingException e) {
            throw Problem.of("The content store holds something that is no JSON where an image should be.")
                    .found(new String(bytes, 0, Math.min(bytes.length, 80), StandardCharsets.UTF_8))
                    .fix("mvn strixhalo:build-image")
                    .asException(e);
        } catch (IOException e) {
            throw new IllegalStateException("reading from memory", e);
        }
    }
}
