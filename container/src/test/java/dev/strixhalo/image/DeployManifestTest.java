package dev.strixhalo.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What podman does with our image on a node that has the base. */
class DeployManifestTest {
    private Path folder;
    private RealRegistry registry;
    private ContentStore store;

    @BeforeEach
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        registry = RealRegistry.start(folder.resolve("registry"));
        registry.push(TestImage.distribution(), "team/base:1");
        store = ContentStore.open(folder.resolve("store"));
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        registry.close();
    }

    @ParameterizedTest
    @CsvSource({"overlay,load", "overlay,gzip", "overlay,zstd", "vfs,load"})
    void podmanAsksForOurBlobsOnlyWhateverWayTheBaseCame(String driver, String way) throws Exception {
        var built = build(List.of());
        offerOnlyOurs(built);
        try (var podman = new RealPodman(folder.resolve("podman"), driver)) {
            bringBase(podman, way);
            int before = registry.requests().size();

            var id = podman.run(
                            "pull",
                            "--quiet",
                            "--cert-dir=" + RealRegistry.certificates(),
                            registry.host() + "/ours@" + built.deployManifest())
                    .orFail()
                    .text()
                    .strip();

            assertThat("sha256:" + id).isEqualTo(built.imageId().value());
            var blobs = registry.requests().subList(before, registry.requests().size()).stream()
                    .flatMap(request -> Pattern.compile("/blobs/(sha256:\\w+)")
                            .matcher(request)
                            .results())
                    .map(match -> new Digest(match.group(1)))
                    .distinct()
                    .toList();
            assertThat(blobs).containsExactlyInAnyOrderElementsOf(built.ownBlobs());
        }
    }

    @Test
    void layersThroughLinksAndSpecialDirectoriesLeaveTheBaseAsItIs() throws Exception {
        var tools = Files.createDirectories(folder.resolve("tools"));
        Files.writeString(tools.resolve("tool"), "#!/bin/sh\n");
        tools.resolve("tool").toFile().setExecutable(true);
        var built = build(
                List.of(
                        LayerSource.folder("tools", tools, "/bin", "auto", "auto"),
                        LayerSource.folder("scratch", tools, "/tmp", "600", "auto"),
                        LayerSource.folder("home", tools, "/root/tools", "auto", "750")),
                new Recipe.Directory("/root", 0700, 0, 0));
        offerOnlyOurs(built);
        try (var podman = new RealPodman(folder.resolve("podman"), "overlay")) {
            bringBase(podman, "load");
            podman.run(
                            "pull",
                            "--quiet",
                            "--cert-dir=" + RealRegistry.certificates(),
                            registry.host() + "/ours@" + built.deployManifest())
                    .orFail();

            var root = podman.mount(built.imageId().hex());

            assertThat(RealPodman.stat(root, "/bin")).isEqualTo("777 0:0 symbolic link");
            assertThat(RealPodman.stat(root, "/usr/bin/tool")).isEqualTo("755 0:0 regular file");
            assertThat(RealPodman.stat(root, "/usr/bin/hello")).isEqualTo("755 0:0 regular file");
            assertThat(RealPodman.stat(root, "/tmp")).isEqualTo("1777 0:0 directory");
            assertThat(RealPodman.stat(root, "/tmp/tool")).isEqualTo("600 0:0 regular file");
            assertThat(RealPodman.stat(root, "/root")).isEqualTo("700 0:0 directory");
            assertThat(RealPodman.stat(root, "/root/tools")).isEqualTo("750 0:0 directory");
            assertThat(RealPodman.stat(root, "/home/user")).isEqualTo("750 1000:1000 directory");
            assertThat(RealPodman.stat(root, "/opt/strixhalo/bin")).isEqualTo("755 0:0 directory");
            assertThat(RealPodman.stat(root, "/etc/profile.d/strixhalo.sh")).isEqualTo("644 0:0 regular file");
        }
    }

    private void bringBase(RealPodman podman, String way) throws Exception {
        if (way.equals("load")) {
            var archive = TestImage.distribution().save(folder.resolve("base.tar"));
            podman.run("load", "--quiet", "--input", archive.toString()).orFail();
            return;
        }
        if (way.equals("zstd")) {
            registry.push(TestImage.distribution(), "team/base:zstd", "--format=oci", "--dest-compress-format=zstd");
        }
        podman.run(
                        "pull",
                        "--quiet",
                        "--cert-dir=" + RealRegistry.certificates(),
                        registry.host() + "/team/base:" + (way.equals("zstd") ? "zstd" : "1"))
                .orFail();
    }

    /**
     * Lays configuration, our layers and the deploy manifest into the registry's folder: by its API it takes no manifest
     * whose blobs it lacks.
     */
    private void offerOnlyOurs(BuiltImage built) throws Exception {
        for (var digest : built.ownBlobs()) {
            registry.plant(store.bytes(digest), "ours", "_layers");
        }
        registry.plant(store.bytes(built.deployManifest()), "ours", "_manifests/revisions");
    }

    private BuiltImage build(List<LayerSource> layers, Recipe.Directory... directories) throws Exception {
        var recipe = Recipe.of(
                "strixhalo/test",
                BaseReference.parse(registry.host() + "/team/base:1", folder),
                layers,
                List.of(directories),
                Map.of(),
                Map.of(),
                "1.0",
                "0123456789");
        var credentials = new Credentials(Map.of(), folder.resolve("no home"), null);
        return new ImageBuild(store, credentials, Clock.systemUTC(), folder, new Screen())
                .run(recipe, BuiltImage.file(folder.resolve("records")));
    }
}
