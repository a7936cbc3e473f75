package dev.strixhalo.image;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes an image as an OCI archive (image layout in a tar; OCI image specification 1.1, "Image Layout").
 *
 * <p>A <b>thin</b> one holds our layers only and the deploy manifest: {@code podman load} takes it where the base is, by
 * whatever way it came (tried with 4.3.1), and nowhere else. So its file name says {@code .thin} and an annotation says
 * why. A <b>complete</b> one holds the base's layers too, streamed from where the base comes from. Its manifest is OCI's
 * even for a base of docker's family, since the layout demands it; the image ID is the same.
 */
public final class OciArchive {
    private final ContentStore store;
    private final Path here;
    private final Progress progress;

    /** @param here the folder to which paths in messages are relative */
    public OciArchive(ContentStore store, Path here, Progress progress) {
        this.store = store;
        this.here = here;
        this.progress = progress;
    }

    /**
     * Writes a thin archive.
     *
     * @param file as the user named it; {@code .thin} is put before its extension unless it is there
     * @return where it was written
     * @throws StrixhaloException when the store lacks a blob or the file cannot be written
     */
    public Path thin(BuiltImage image, Path file) throws StrixhaloException {
        var manifest = Manifest.tree(store.bytes(image.deployManifest()), image.name());
        annotations(manifest)
                .put(
                        "dev.strixhalo.thin",
                        "holds no layer of the base: load it where the base image %s is"
                                .formatted(image.base().imageId()));
        return write(image, thinName(file), manifest, null);
    }

    /**
     * Writes a complete archive.
     *
     * @param base of the image
     * @return where it was written
     * @throws StrixhaloException when the store or the base lacks a blob, or the file cannot be written
     */
    public Path complete(BuiltImage image, Path file, OpenBase base) throws StrixhaloException {
        return write(image, file, asOci(Manifest.tree(store.bytes(image.digest()), image.name())), base);
    }

    static Path thinName(Path file) {
        var name = file.getFileName().toString();
        if (name.contains("thin")) return file;
        int dot = name.lastIndexOf('.');
        return file.resolveSibling(dot <= 0 ? name + ".thin" : name.substring(0, dot) + ".thin" + name.substring(dot));
    }

    private Path write(BuiltImage image, Path file, ObjectNode manifestTree, @Nullable OpenBase base)
            throws StrixhaloException {
        var manifestBytes = manifestTree.toString().getBytes(StandardCharsets.UTF_8);
        var manifest = Manifest.of(manifestTree, image.name());
        var absolute = file.toAbsolutePath();
        try (var step = progress.begin("archive")) {
            Files.createDirectories(absolute.getParent());
            var beside = Files.createTempFile(absolute.getParent(), "." + absolute.getFileName(), ".tmp");
            try {
                try (var tar = new TarArchiveOutputStream(Files.newOutputStream(beside), "UTF-8")) {
                    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
                    put(tar, "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
                    put(tar, "index.json", index(image, manifestBytes, base == null));
                    put(tar, blob(Digest.of(manifestBytes)), manifestBytes);
                    blobs(image, manifest, base, tar, step);
                }
                Files.move(beside, absolute, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(beside);
            }
            step.done("%s  %s  %s"
                    .formatted(
                            shown(absolute),
                            Amount.bytes(Files.size(absolute)),
                            base == null ? "thin: load it where the base is" : "complete"));
            return absolute;
        } catch (IOException e) {
            throw Problem.of("The archive cannot be written.")
                    .found("%s: %s".formatted(file, UpstreamFailure.rootMessage(e)))
                    .fix("make room and the folder writable, or name another file with -Dstrixhalo.archive=FILE")
                    .asException(e);
        }
    }

    private void blobs(
            BuiltImage image,
            Manifest manifest,
            @Nullable OpenBase base,
            TarArchiveOutputStream tar,
            Progress.Step step)
            throws IOException, StrixhaloException {
        var own = new HashSet<>(image.ownBlobs());
        var written = new HashSet<Digest>();
        long total = manifest.config().size() + (base == null ? image.ownSize() : manifest.layersSize());
        var all = new java.util.ArrayList<>(List.of(manifest.config()));
        all.addAll(manifest.layers());
        long before = 0;
        for (var descriptor : all) {
            boolean ours = own.contains(descriptor.digest());
            // A base may have the same layer twice.
            if ((!ours && base == null) || !written.add(descriptor.digest())) continue;
            long done = before;
            begin(tar, blob(descriptor.digest()), descriptor.size());
            var counted = new Counting(tar, bytes -> step.bytes(null, done + bytes, total));
            if (ours) {
                try (InputStream in = store.open(descriptor.digest())) {
                    in.transferTo(counted);
                }
            } else if (base != null) {
                base.blob(descriptor, counted, bytes -> {});
            }
            tar.closeArchiveEntry();
            before += descriptor.size();
        }
    }

    private static byte[] index(BuiltImage image, byte[] manifest, boolean thin) {
        var root = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode();
        root.put("schemaVersion", 2).put("mediaType", Manifest.OCI_INDEX);
        var entry = root.putArray("manifests").addObject();
        entry.put("mediaType", Manifest.OCI)
                .put("digest", Digest.of(manifest).value())
                .put("size", manifest.length);
        entry.putObject("platform").put("architecture", "amd64").put("os", "linux");
        // podman load takes the name of the image from here.
        entry.putObject("annotations")
                .put("org.opencontainers.image.ref.name", image.name() + ":" + (thin ? "thin" : "latest"));
        return root.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The same manifest in OCI's media types; what is OCI's already stays as it is. */
    private static ObjectNode asOci(ObjectNode manifest) {
        manifest.put("mediaType", Manifest.OCI);
        ((ObjectNode) manifest.path("config")).put("mediaType", Manifest.OCI_CONFIG);
        for (var layer : manifest.path("layers")) {
            var type = layer.path("mediaType").asText();
            if (type.equals(Graft.DOCKER_LAYER)) ((ObjectNode) layer).put("mediaType", Graft.OCI_LAYER);
            if (type.equals(Graft.DOCKER_LAYER + ".gzip"))
                ((ObjectNode) layer).put("mediaType", Graft.OCI_LAYER + "+gzip");
            if (type.equals(Graft.DOCKER_LAYER + ".zstd"))
                ((ObjectNode) layer).put("mediaType", Graft.OCI_LAYER + "+zstd");
        }
        return manifest;
    }

    private static ObjectNode annotations(ObjectNode manifest) {
        return manifest.path("annotations") instanceof ObjectNode there ? there : manifest.putObject("annotations");
    }

    private static String blob(Digest digest) {
        return "blobs/sha256/" + digest.hex();
    }

    private static void put(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
        begin(tar, name, content.length);
        ((OutputStream) tar).write(content);
        tar.closeArchiveEntry();
    }

    private static void begin(TarArchiveOutputStream tar, String name, long size) throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setModTime(1000);
        tar.putArchiveEntry(entry);
    }

    private Path shown(Path path) {
        return path.startsWith(here) ? here.relativize(path) : path;
    }
}
