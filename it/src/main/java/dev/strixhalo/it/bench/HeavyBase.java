package dev.strixhalo.it.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.OciLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.SplittableRandom;

/**
 * Base images of a weight that nobody can compress: the bed's own with one more layer of 2 GiB, or one of 45 MiB and nothing
 * else. Always the same bytes, so that what was made or pushed once need not be again.
 */
final class HeavyBase {
    static final long WEIGHT = 2L << 30;
    private static final long LIGHT = 45L << 20;

    private static final int CHUNK = 1 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path layout;
    private final long weight;
    private final ObjectMapper json = new ObjectMapper();

    private HeavyBase(Path layout, long weight) {
        this.layout = layout;
        this.weight = weight;
    }

    /**
     * Makes it, for half a minute, unless it is there.
     *
     * @param folder that outlives the bed
     */
    static OciLayout make(Path folder, OciLayout base) throws StrixhaloException, IOException {
        return make(folder, "heavy-", base, WEIGHT);
    }

    /** One with the configuration of the bed's base and a layer of 45 MiB alone, to be built on and never run. */
    static OciLayout light(Path folder, OciLayout base) throws StrixhaloException, IOException {
        return make(folder, "light-", base, LIGHT);
    }

    private static OciLayout make(Path folder, String prefix, OciLayout base, long weight)
            throws StrixhaloException, IOException {
        // Named after what it was made of: another base makes another one.
        var done = folder.resolve(prefix + base.imageId().substring("sha256:".length(), "sha256:".length() + 12));
        if (!Files.exists(done)) {
            Files.createDirectories(folder);
            var building = Files.createTempDirectory(folder, "building");
            try {
                new HeavyBase(building, weight).build(base, weight == LIGHT);
                Files.move(building, done, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                // There is none any more when all went well.
                Program.of("rm", "-rf", "--", building.toString()).run().orFail();
            }
        }
        return OciLayout.read(done);
    }

    private void build(OciLayout base, boolean alone) throws StrixhaloException, IOException {
        Files.createDirectories(layout.resolve("blobs/sha256"));
        if (!alone) for (var layer : base.layers()) link(base, layer.digest());
        var added = layer();
        // An uncompressed layer: its digest is its diff ID.
        var configuration =
                (ObjectNode) json.readTree(blob(base.path(), base.imageId()).toFile());
        if (alone) {
            configuration.withObject("/rootfs").putArray("diff_ids");
            configuration.putArray("history");
        }
        configuration.withObject("/rootfs").withArray("diff_ids").add(added.digest());
        configuration.withArray("history").addObject().put("created_by", weight + " random bytes");
        var config = put(json.writeValueAsBytes(configuration));
        var manifest =
                (ObjectNode) json.readTree(blob(base.path(), base.digest()).toFile());
        manifest.withObject("/config").put("digest", config.digest()).put("size", config.size());
        if (alone) manifest.putArray("layers");
        manifest.withArray("layers")
                .addObject()
                .put("mediaType", "application/vnd.oci.image.layer.v1.tar")
                .put("digest", added.digest())
                .put("size", added.size());
        var made = put(json.writeValueAsBytes(manifest));
        var index = (ObjectNode) json.readTree(base.path().resolve("index.json").toFile());
        ((ObjectNode) index.at("/manifests/0")).put("digest", made.digest()).put("size", made.size());
        Files.write(layout.resolve("index.json"), json.writeValueAsBytes(index));
        Files.copy(base.path().resolve("oci-layout"), layout.resolve("oci-layout"));
    }

    private OciLayout.Layer layer() throws StrixhaloException, IOException {
        var file = layout.resolve("weight");
        var random = new SplittableRandom(20261123);
        var chunk = ByteBuffer.allocate(CHUNK);
        try (var out = Files.newOutputStream(file)) {
            for (long written = 0; written < weight; written += CHUNK) {
                chunk.clear();
                while (chunk.hasRemaining()) chunk.putLong(random.nextLong());
                out.write(chunk.array());
            }
        }
        var tar = layout.resolve("weight.tar");
        Program.of(
                        "tar",
                        "--create",
                        "--file=" + tar,
                        "--format=ustar",
                        "--mtime=@0",
                        "--mode=644",
                        "--owner=0",
                        "--group=0",
                        "--numeric-owner",
                        "--transform=s,^,opt/,",
                        "--directory=" + layout,
                        "weight")
                .timeout(PATIENCE)
                .run()
                .orFail();
        Files.delete(file);
        var digest = sha256(tar);
        long size = Files.size(tar);
        Files.move(tar, blob(layout, digest));
        return new OciLayout.Layer(digest, size);
    }

    private OciLayout.Layer put(byte[] content) throws IOException {
        var file = Files.write(layout.resolve("document"), content);
        var digest = sha256(file);
        Files.move(file, blob(layout, digest));
        return new OciLayout.Layer(digest, content.length);
    }

    private void link(OciLayout base, String digest) throws IOException {
        // The same cache folder, so the same file system.
        Files.createLink(blob(layout, digest), blob(base.path(), digest));
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has it", e);
        }
        var chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) digest.update(chunk, 0, read);
        }
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    private static Path blob(Path layout, String digest) {
        return layout.resolve("blobs").resolve(digest.replace(':', '/'));
    }
}
