package dev.strixhalo.store;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The records of images, one file each; every method is called under the {@link StoreLock}. */
final class StoredImages {
    private static final String SUFFIX = ".json";

    private final Path folder;

    StoredImages(Path folder) {
        this.folder = folder;
    }

    /** The record of the same name and manifest, if there is one. */
    Optional<StoredImage> find(StoredImage image) throws StrixhaloException {
        return file(image).readIfPresent();
    }

    /** Writes a record; one with the same name and manifest keeps the time when it was first made. */
    void write(StoredImage image) throws StrixhaloException {
        var file = file(image);
        var before = file.readIfPresent();
        file.write(
                before.isEmpty()
                        ? image
                        : new StoredImage(
                                image.name(),
                                image.imageId(),
                                image.manifest(),
                                image.blobs(),
                                Collections.min(List.of(before.get().made(), image.made())),
                                image.lastUsed()));
    }

    /**
     * All records, the one used last first.
     *
     * @throws StrixhaloException when one cannot be understood: to leave it out would let its blobs be pruned
     */
    List<StoredImage> all() throws IOException, StrixhaloException {
        var all = new ArrayList<StoredImage>();
        try (var files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
            for (var path : files) {
                try {
                    all.add(file(path).read());
                } catch (StrixhaloException e) {
                    throw Problem.of("The content store lists an image that this version of the plugin cannot read.")
                            .found(e.problems().get(0).sentence())
                            .found(String.join("; ", e.problems().get(0).found()))
                            .fix("use the version that wrote it, or forget that image: rm '" + path + "'")
                            .asException(e);
                }
            }
        }
        all.sort(Comparator.comparing(StoredImage::lastUsed).reversed().thenComparing(StoredImage::manifest));
        return all;
    }

    void delete(StoredImage image) throws IOException {
        Files.deleteIfExists(file(image).path());
    }

    /** Removes what a writer left who died between writing and moving: under the lock nobody else is writing. */
    void sweep() throws IOException {
        try (var files = Files.newDirectoryStream(folder, ".*.tmp")) {
            for (var path : files) Files.delete(path);
        }
    }

    private RecordFile<StoredImage> file(StoredImage image) {
        var key = Digest.of((image.name() + "\n" + image.manifest()).getBytes(StandardCharsets.UTF_8));
        return file(
                folder.resolve(image.imageId().abbreviated() + "-" + key.hex().substring(0, 16) + SUFFIX));
    }

    private static RecordFile<StoredImage> file(Path path) {
        return new RecordFile<>(path, "strixhalo.stored-image", 1, StoredImage.class, "build-image");
    }
}
