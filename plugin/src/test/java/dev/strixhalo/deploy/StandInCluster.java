package dev.strixhalo.deploy;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.NodeDescription;
import dev.strixhalo.image.BuiltImage;
import dev.strixhalo.image.Credentials;
import dev.strixhalo.image.OpenBase;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.TestNodes;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import dev.strixhalo.store.StoredImage;
import dev.strixhalo.store.StoredImage.StoredBlob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/** Two stand-in nodes, a real content store with a small image in it, and a deploy over both. */
final class StandInCluster implements AutoCloseable {
    static final String OLD = "sha256:" + "a0b1c2d".repeat(9) + "a";
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    final List<String> journal = Collections.synchronizedList(new ArrayList<>());
    final List<String> screen = Collections.synchronizedList(new ArrayList<>());
    final StandInNode one;
    final StandInNode two;
    final ContentStore store;
    final BuiltImage built;
    final Digest baseLayer;
    final byte[] base;
    private final Nodes nodes;

    String baseFrom = "node";
    List<String> volumes = List.of();
    boolean keepBase;

    @Nullable
    PullSource published;

    PullSource.Login baseLogin = Optional::empty;

    /** @param archive whether the base is a docker archive, which can come through the operator only */
    StandInCluster(Path folder, boolean archive) throws Exception {
        store = ContentStore.open(folder.resolve("store"));
        base = tar("etc/os-release", "ID=tiny\n".getBytes(StandardCharsets.UTF_8));
        baseLayer = Digest.of(base);
        var ownTar = tar("opt/ours", "ours\n".getBytes(StandardCharsets.UTF_8));
        var baseConfig = config(baseLayer);
        var config = config(baseLayer, Digest.of(ownTar));
        var file = folder.resolve("base.tar");
        Files.write(file, dockerArchive(base, baseConfig));
        var layer = store.put(ownTar);
        var imageId = store.put(config);
        var manifest = store.put(manifest(config, baseLayer, base.length, layer, ownTar.length));
        built = new BuiltImage(
                "strixhalo/tiny",
                imageId,
                manifest,
                manifest,
                config.length,
                new BuiltImage.Base(
                        archive ? "docker-archive:" + file : "registry.example/tiny:1",
                        archive ? null : "registry.example/tiny@" + manifest,
                        archive ? file.toString() : null,
                        archive ? null : manifest,
                        Digest.of(baseConfig),
                        1,
                        base.length),
                List.of(new BuiltImage.Layer("ours", layer, Digest.of(ownTar), ownTar.length, ownTar.length, 1, NOW)),
                Map.of(),
                null,
                NOW,
                Duration.ofSeconds(1));
        store.record(new StoredImage(
                built.name(),
                imageId,
                manifest,
                List.of(
                        new StoredBlob(imageId, config.length, StoredImage.Origin.OWN),
                        new StoredBlob(layer, ownTar.length, StoredImage.Origin.OWN)),
                NOW,
                NOW));
        var cluster = Cluster.of(
                "strix",
                "tcp",
                List.of(
                        new NodeDescription("node1", "10.0.0.11", null, "192.168.100.1/30", null),
                        new NodeDescription("node2", "10.0.0.12", null, "192.168.100.2/30", null)));
        var layers = Map.of(
                imageId.value(),
                List.of(baseLayer.value(), Digest.of(ownTar).value()),
                built.base().imageId().value(),
                List.of(baseLayer.value()));
        one = new StandInNode(cluster.nodes().get(0), journal, layers);
        two = new StandInNode(cluster.nodes().get(1), journal, layers);
        nodes = TestNodes.of(cluster, List.of(one, two));
    }

    /** Both nodes run an older image of the same cluster. */
    void runsAnOlderImage() {
        for (var node : List.of(one, two)) {
            node.images.put(OLD, List.of(baseLayer.value(), "sha256:older"));
            node.runs("strix-a0b1c2d", OLD, "strix");
        }
    }

    String container() {
        return "strix-" + built.imageId().hex().substring(0, 7);
    }

    DeployRecord deploy() throws StrixhaloException {
        return deployment().run();
    }

    void remove(boolean images, List<String> bases) throws StrixhaloException {
        new Removal(nodes, images, false, new Screen()).run("lara@buildhost", NOW, bases);
    }

    void dryRun() throws StrixhaloException {
        deployment().dryRun();
    }

    private Deployment deployment() throws StrixhaloException {
        var settings = DeploySettings.of(
                nodes.cluster().link(),
                baseFrom,
                null,
                List.of(),
                volumes,
                Map.of(),
                List.of(),
                Duration.ofMinutes(5),
                Duration.ofMinutes(5));
        var nobody = new Credentials(Map.of(), Path.of("/nonexistent"), null);
        var cargo = Cargo.of(
                built,
                store,
                () -> OpenBase.of(built.base(), nobody, store, warning -> {}),
                keepBase,
                published,
                baseLogin);
        return new Deployment(
                nodes,
                cargo,
                settings,
                new Deployment.Author("lara@buildhost", "0.1.0"),
                Clock.fixed(NOW, ZoneOffset.UTC),
                new Screen());
    }

    static Secret login(String host) throws StrixhaloException {
        return Secret.of("login", "{\"auths\":{\"" + host + "\":{\"auth\":\"bGFyYTpDQU5BUlk=\"}}}");
    }

    private static byte[] config(Digest... layers) {
        var config = RecordFile.json().createObjectNode();
        config.put("architecture", "amd64").put("os", "linux");
        var ids = config.putObject("rootfs").put("type", "layers").putArray("diff_ids");
        for (var layer : layers) ids.add(layer.value());
        return config.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] manifest(byte[] config, Digest base, long baseSize, Digest own, long ownSize) {
        var manifest = RecordFile.json().createObjectNode();
        manifest.put("schemaVersion", 2).put("mediaType", "application/vnd.oci.image.manifest.v1+json");
        manifest.putObject("config")
                .put("mediaType", "application/vnd.oci.image.config.v1+json")
                .put("digest", Digest.of(config).value())
                .put("size", config.length);
        var layers = manifest.putArray("layers");
        layers.addObject()
                .put("mediaType", "application/vnd.oci.image.layer.v1.tar")
                .put("digest", base.value())
                .put("size", baseSize);
        layers.addObject()
                .put("mediaType", "application/vnd.oci.image.layer.v1.tar")
                .put("digest", own.value())
                .put("size", ownSize);
        return manifest.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] dockerArchive(byte[] layer, byte[] config) throws IOException {
        var name = Digest.of(config).hex() + ".json";
        var manifest = "[{\"Config\":\"%s\",\"RepoTags\":[\"tiny:1\"],\"Layers\":[\"layer.tar\"]}]".formatted(name);
        return tar(name, config, "layer.tar", layer, "manifest.json", manifest.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] tar(Object... namesAndBytes) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            for (int i = 0; i < namesAndBytes.length; i += 2) {
                var content = (byte[]) namesAndBytes[i + 1];
                var entry = new TarArchiveEntry((String) namesAndBytes[i]);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    @Override
    public void close() throws StrixhaloException {
        nodes.close();
        store.close();
    }

    /** Keeps what a user would see. */
    private final class Screen implements Progress {
        @Override
        public void line(String topic, String text) {
            screen.add(topic + " " + text);
        }

        @Override
        public void warn(String text) {
            screen.add("warning " + text);
        }

        @Override
        public Step begin(String topic) {
            return new Step() {
                @Override
                public void bytes(@Nullable String who, long done, long total) {}

                @Override
                public void note(@Nullable String who, String text) {}

                @Override
                public void done(String text) {
                    line(topic, text);
                }

                @Override
                public void close() {}
            };
        }
    }
}
