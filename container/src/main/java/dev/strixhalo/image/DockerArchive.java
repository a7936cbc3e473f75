package dev.strixhalo.image;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.Digest;
import dev.strixhalo.store.HashingOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A base in a docker archive, as {@code podman save} and {@code docker save} write it: a tar with {@code manifest.json}, a
 * configuration, and the layers as uncompressed tars in it. It has no manifest, so one is made that names the layers by
 * their diff IDs. Read are the headers of the tars, not the contents; these are checked when they are passed on.
 */
final class DockerArchive implements OpenBase {
    private static final String LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    private static final String CONFIG = "application/vnd.docker.container.image.v1+json";
    private static final byte[] GZIP = {0x1f, (byte) 0x8b};

    private final ArchiveReference reference;
    private final FileChannel file;
    private final BaseImage image;
    private final Map<Digest, TarFile.Span> blobs = new HashMap<>();
    private final BaseTree tree;

    private DockerArchive(ArchiveReference reference, FileChannel file) throws IOException, StrixhaloException {
        this.reference = reference;
        this.file = file;
        var contents = TarFile.contents(file);
        var manifest = RecordFile.json().readTree(bytes(contents, "manifest.json"));
        if (!manifest.isArray() || manifest.size() != 1) {
            throw new IOException("manifest.json describes %d images, one is wanted".formatted(manifest.size()));
        }
        var configBytes = bytes(contents, manifest.path(0).path("Config").asText());
        var config = Digest.of(configBytes);
        blobs.put(config, span(contents, manifest.path(0).path("Config").asText()));
        var made = JsonNodeFactory.instance.objectNode().put("schemaVersion", 2).put("mediaType", Manifest.DOCKER);
        made.putObject("config")
                .put("mediaType", CONFIG)
                .put("digest", config.value())
                .put("size", configBytes.length);
        var layers = made.putArray("layers");
        var diffIds =
                Manifest.tree(configBytes, reference.text()).path("rootfs").path("diff_ids");
        var names = manifest.path(0).path("Layers");
        if (names.size() != diffIds.size()) {
            throw new IOException(
                    "%d layers in manifest.json, %d in the configuration".formatted(names.size(), diffIds.size()));
        }
        var files = new LinkedHashMap<String, LayerItem>();
        for (int i = 0; i < names.size(); i++) {
            var span = span(contents, names.get(i).asText());
            if (span.size() >= 2
                    && java.util.Arrays.equals(TarFile.open(file, span).readNBytes(2), GZIP)) {
                throw new IOException(names.get(i).asText() + " is compressed; in a docker archive layers are not");
            }
            var diffId = Digest.parse(diffIds.get(i).asText());
            blobs.put(diffId, span);
            layers.addObject()
                    .put("mediaType", LAYER)
                    .put("digest", diffId.value())
                    .put("size", span.size());
            lay(span, files);
        }
        this.tree = BaseTree.exact(files);
        this.image = new BaseImage(
                reference, null, made.toString().getBytes(StandardCharsets.UTF_8), configBytes, List.of());
    }

    /** @throws StrixhaloException when the file is missing, cut off or something else */
    static DockerArchive open(ArchiveReference reference) throws StrixhaloException {
        @Nullable FileChannel file = null;
        try {
            file = FileChannel.open(reference.file(), StandardOpenOption.READ);
            return new DockerArchive(reference, file);
        } catch (IOException e) {
            close(file);
            throw unusable(reference, e);
        } catch (StrixhaloException | RuntimeException e) {
            close(file);
            throw e;
        }
    }

    private static void close(@Nullable FileChannel file) {
        try {
            if (file != null) file.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("a file that was only read", e);
        }
    }

    private static StrixhaloException unusable(ArchiveReference reference, IOException e) {
        if (!Files.exists(reference.file())) {
            return Problem.of("The archive of the base image is not there.")
                    .found(reference.file() + " does not exist")
                    .fix("podman save --format docker-archive -o '%s' IMAGE".formatted(reference.file()))
                    .asException(e);
        }
        return Problem.of("The archive of the base image is cut off or damaged, or no docker archive.")
                .found("%s: %s".formatted(reference.file(), UpstreamFailure.rootMessage(e)))
                .fix("write it anew: podman save --format docker-archive -o '%s' IMAGE".formatted(reference.file()))
                .asException(e);
    }

    @Override
    public BaseImage image() {
        return image;
    }

    @Override
    public BaseTree tree() {
        return tree;
    }

    @Override
    public void blob(Descriptor blob, OutputStream to, LongConsumer progress) throws StrixhaloException {
        var span = blobs.get(blob.digest());
        if (span == null) throw new IllegalArgumentException(blob + " is not in " + reference.text());
        var out = new HashingOutputStream(to);
        try (var in = TarFile.open(file, span)) {
            var buffer = new byte[64 * 1024];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                progress.accept(n);
            }
            out.flush();
        } catch (IOException e) {
            throw Problem.of("A layer of the base cannot be passed on.")
                    .found("%s of %s: %s".formatted(blob.digest(), reference.file(), UpstreamFailure.rootMessage(e)))
                    .fix("run the goal again")
                    .asException(e);
        }
        if (!out.digest().equals(blob.digest())) {
            throw Problem.of("A layer in the archive of the base image is not what its configuration says.")
                    .found("wanted " + blob.digest())
                    .found("came   " + out.digest())
                    .fix("write the archive anew: podman save --format docker-archive -o '%s' IMAGE"
                            .formatted(reference.file()))
                    .asException();
        }
    }

    /** Lays what a layer holds over what lies below it, whiteouts included (OCI image specification, "Layer changesets"). */
    private void lay(TarFile.Span layer, Map<String, LayerItem> files) throws IOException {
        var own = new LinkedHashMap<String, LayerItem>();
        TarFile.visit(file, layer, (entry, content) -> {
            var path = "/" + String.join("/", BaseTree.elements(entry.getName()));
            var name = path.substring(path.lastIndexOf('/') + 1);
            var folder = BaseTree.parent(path);
            if (name.equals(".wh..wh..opq")) {
                files.keySet().removeIf(below -> below.startsWith(folder + "/"));
            } else if (name.startsWith(".wh.")) {
                var gone = (folder.equals("/") ? "" : folder) + "/" + name.substring(4);
                files.keySet().removeIf(below -> below.equals(gone) || below.startsWith(gone + "/"));
            } else if (entry.isDirectory()) {
                own.put(path, new LayerItem.Directory(path, entry.getMode() & 07777, (int) entry.getLongUserId(), (int)
                        entry.getLongGroupId()));
            } else if (entry.isSymbolicLink()) {
                own.put(path, new LayerItem.Symlink(path, entry.getLinkName()));
            } else {
                // A file in the place of a directory or link; files themselves are not remembered.
                files.remove(path);
            }
        });
        // A whiteout hides what lies below, never what comes with it.
        files.putAll(own);
    }

    private byte[] bytes(Map<String, TarFile.Span> contents, String name) throws IOException {
        var span = span(contents, name);
        if (span.size() > 64 << 20) throw new IOException(name + " is too large to be what it should be");
        return TarFile.open(file, span).readAllBytes();
    }

    private static TarFile.Span span(Map<String, TarFile.Span> contents, String name) throws IOException {
        var span = contents.get(name);
        if (span == null) throw new IOException("there is no '" + name + "' in it");
        return span;
    }

    @Override
    public void close() {
        close(file);
    }
}
