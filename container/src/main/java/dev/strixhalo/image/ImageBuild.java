package dev.strixhalo.image;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import dev.strixhalo.store.StoredImage;
import dev.strixhalo.store.StoredImage.Origin;
import dev.strixhalo.store.StoredImage.StoredBlob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Builds an image: reads manifest and configuration of the base, makes our layers, grafts them on and leaves everything of
 * ours in the store. Of a base nothing else is read, so that its size does not matter. The second build of the same thing
 * asks upstream for one digest, reads our own files once, and finds everything there.
 */
public final class ImageBuild {
    private final ContentStore store;
    private final Credentials credentials;
    private final Clock clock;
    private final Path here;
    private final Progress progress;

    /**
     * @param credentials for the registry of the base
     * @param here        the folder to which paths in messages are relative
     */
    public ImageBuild(ContentStore store, Credentials credentials, Clock clock, Path here, Progress progress) {
        this.store = store;
        this.credentials = credentials;
        this.clock = clock;
        this.here = here;
        this.progress = progress;
    }

    /**
     * Builds and records.
     *
     * @param record where the outcome is left; what stands there tells whether anything changed
     * @throws StrixhaloException when the base cannot be read, a layer cannot be made, or the store cannot be written
     */
    public BuiltImage run(Recipe recipe, RecordFile<BuiltImage> record) throws StrixhaloException {
        var begun = clock.instant();
        var before = before(record);
        progress.line(
                "image", "%s  on  %s".formatted(recipe.name(), recipe.base().text()));
        BaseImage base;
        List<OwnLayer> layers;
        try (var open = OpenBase.open(recipe.base(), credentials, store, progress::warn)) {
            base = open.image();
            progress.line("base", baseLine(base));
            layers = layers(recipe, open.tree());
        }
        var graft = new Graft(base, layers, recipe);
        var config = graft.config();
        var imageId = store.put(config);
        var published = store.put(graft.publishedManifest(config));
        var deploy = store.put(graft.deployManifest(config));
        var now = clock.instant();
        var built = new BuiltImage(
                recipe.name(),
                imageId,
                published,
                deploy,
                config.length,
                recorded(base),
                layers.stream().map(layer -> recorded(layer, before, now)).toList(),
                recipe.facts(),
                recipe.revision(),
                now,
                Duration.between(begun, now));
        remember(built, base);
        if (before.isPresent() && before.get().same(built)) {
            progress.line("unchanged", "image ID " + shortened(imageId));
            return before.get();
        }
        record.write(built);
        progress.line(
                "built",
                "image ID %s  in %s          %s"
                        .formatted(shortened(imageId), Amount.time(built.took()), shown(record.path())));
        return built;
    }

    /** A record that cannot be understood is no reason not to build: it is about to be written anew. */
    private Optional<BuiltImage> before(RecordFile<BuiltImage> record) {
        try {
            return record.readIfPresent();
        } catch (StrixhaloException e) {
            progress.warn(e.getMessage() + " It is written anew.");
            return Optional.empty();
        }
    }

    private List<OwnLayer> layers(Recipe recipe, BaseTree standard) throws StrixhaloException {
        var declared = new ArrayList<LayerItem.Directory>();
        declared.add(Rootfs.HOME);
        for (var d : recipe.directories())
            declared.add(new LayerItem.Directory(d.path(), d.mode(), d.user(), d.group()));
        var tree = standard.with(declared);
        var maker = new OwnLayers(store, compressed(), progress);
        var made = new ArrayList<OwnLayer>();
        try (var rootfs = Rootfs.open()) {
            var sources = new ArrayList<LayerSource>();
            sources.add(rootfs.source());
            sources.addAll(recipe.layers());
            // All are looked at before the first is made, so that a mistake in the last costs no time.
            var plans = new LinkedHashMap<String, List<LayerItem>>();
            for (var source : sources) plans.put(source.purpose(), LayerPlan.of(source, tree));
            for (var plan : plans.entrySet()) {
                var layer = maker.make(plan.getKey(), plan.getValue());
                made.add(layer);
                progress.line("layer", layerLine(layer));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("our own files are not in our own jar", e);
        }
        return made;
    }

    /** Which tar the store has as which blob, told by the images that it holds. */
    private Map<Digest, Digest> compressed() throws StrixhaloException {
        var known = new LinkedHashMap<Digest, Digest>();
        for (var image : store.images()) {
            try {
                var manifest = Manifest.parse(store.bytes(image.manifest()), image.name());
                var diffIds = Manifest.tree(store.bytes(image.imageId()), image.name())
                        .path("rootfs")
                        .path("diff_ids");
                for (int i = 0; i < Math.min(diffIds.size(), manifest.layers().size()); i++) {
                    known.put(
                            Digest.parse(diffIds.get(i).asText()),
                            manifest.layers().get(i).digest());
                }
            } catch (StrixhaloException e) {
                // Costs a compression at most.
                progress.warn("An older image of the store is of no use: " + e.getMessage());
            }
        }
        return known;
    }

    private void remember(BuiltImage built, BaseImage base) throws StrixhaloException {
        var blobs = new ArrayList<StoredBlob>();
        for (var digest : List.of(built.digest(), built.deployManifest(), built.imageId())) {
            blobs.add(new StoredBlob(digest, store.size(digest), Origin.OWN));
        }
        for (var layer : built.layers()) blobs.add(new StoredBlob(layer.digest(), layer.size(), Origin.OWN));
        for (var digest : base.kept()) blobs.add(new StoredBlob(digest, store.size(digest), Origin.BASE));
        store.record(
                new StoredImage(built.name(), built.imageId(), built.digest(), blobs, built.built(), built.built()));
    }

    private static BuiltImage.Base recorded(BaseImage base) {
        var reference = base.reference();
        var digest = base.digest();
        return new BuiltImage.Base(
                reference.text(),
                reference instanceof RegistryReference registry && digest != null ? registry.pinned(digest) : null,
                reference instanceof ArchiveReference archive
                        ? archive.file().toAbsolutePath().toString()
                        : null,
                digest,
                base.imageId(),
                base.manifest().layers().size(),
                base.manifest().layersSize());
    }

    private static BuiltImage.Layer recorded(OwnLayer layer, Optional<BuiltImage> before, Instant now) {
        var made = before.stream()
                .flatMap(image -> image.layers().stream())
                .filter(old -> old.digest().equals(layer.digest()))
                .map(BuiltImage.Layer::made)
                .findFirst()
                .orElse(now);
        return new BuiltImage.Layer(
                layer.purpose(), layer.digest(), layer.diffId(), layer.size(), layer.unpacked(), layer.files(), made);
    }

    private Path shown(Path path) {
        return path.startsWith(here) ? here.relativize(path) : path;
    }

    private static String baseLine(BaseImage base) {
        var digest = base.digest();
        var about = "image ID %s, %d layers, %s; not downloaded"
                .formatted(
                        shortened(base.imageId()),
                        base.manifest().layers().size(),
                        Amount.bytes(base.manifest().layersSize()));
        return digest == null ? about : "%s  (%s)".formatted(shortened(digest), about);
    }

    private static String layerLine(OwnLayer layer) {
        return "%-14s %5d %-5s  %7s  %s  %s"
                .formatted(
                        layer.purpose(),
                        layer.files(),
                        layer.files() == 1 ? "file" : "files",
                        Amount.bytes(layer.size()),
                        shortened(layer.digest()),
                        layer.made() ? "new" : "cached");
    }

    /** {@code sha256:4be1…c07}. */
    private static String shortened(Digest digest) {
        var hex = digest.hex();
        return "sha256:" + hex.substring(0, 4) + "…" + hex.substring(61);
    }
}
