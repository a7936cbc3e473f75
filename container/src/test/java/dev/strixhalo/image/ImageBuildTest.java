package dev.strixhalo.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.ContentStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole builds against a real registry. */
class ImageBuildTest {
    private Path folder;
    private RealRegistry registry;
    private ContentStore store;
    private final Screen screen = new Screen();

    @BeforeEach
    void startRegistry(@TempDir Path temporary) throws Exception {
        folder = temporary;
        registry = RealRegistry.start(folder.resolve("registry"));
        registry.push(TestImage.distribution(), "team/base:1");
        store = ContentStore.open(folder.resolve("store"));
        Files.createDirectories(folder.resolve("prompts/deep"));
        Files.writeString(folder.resolve("prompts/deep/a.txt"), "first");
    }

    @AfterEach
    void stopRegistry() throws Exception {
        store.close();
        registry.close();
    }

    @Test
    void readsManifestAndConfigurationOfTheBaseAndNothingElse() throws Exception {
        var built = build("team/base:1");

        assertThat(built.base().imageId()).isEqualTo(TestImage.distribution().imageId());
        assertThat(built.base().pinned())
                .isEqualTo(registry.host() + "/team/base@" + built.base().digest());
        var fetched = new ArrayList<>(registry.requests());
        fetched.removeIf(request -> request.contains("skopeo") || !request.contains("/blobs/"));
        assertThat(fetched)
                .hasSize(1)
                .first()
                .asString()
                .contains(built.base().imageId().value());
    }

    @Test
    void keepsTheConfigurationOfTheBase() throws Exception {
        var built = build("team/base:1");

        var config = Manifest.tree(store.bytes(built.imageId()), "test");
        assertThat(config.at("/config/Env/1").asText()).isEqualTo("KEPT=yes");
        assertThat(config.at("/config/Entrypoint/0").asText()).isEqualTo("/usr/bin/hello");
        assertThat(config.at("/config/Labels/of.the.base").asText()).isEqualTo("kept");
        assertThat(config.at("/config/Labels/com.github.containers.toolbox").asText())
                .isEqualTo("true");
        assertThat(config.path("x-unknown").asText()).isEqualTo("kept");
        assertThat(config.path("created").asText()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(config.at("/rootfs/diff_ids")).hasSize(3);
        assertThat(config.path("history")).hasSize(4);
    }

    @Test
    void findsThatNothingChanged() throws Exception {
        var first = build("team/base:1");
        int before = registry.requests().size();

        var second = build("team/base:1");

        assertThat(second).isEqualTo(first);
        assertThat(screen.lines()).last().asString().startsWith("unchanged image ID sha256:");
        var asked = registry.requests().subList(before, registry.requests().size());
        assertThat(asked)
                .noneMatch(request -> request.contains("/blobs/") || request.contains("\"GET /v2/team/base/manifests"));
    }

    @Test
    void noticesThatTheTagMoved() throws Exception {
        var first = build("team/base:1");
        registry.push(new TestImage(TestImage.tar(TestImage.file("usr/other", "other", 0644))), "team/base:1");

        var second = build("team/base:1");

        assertThat(second.imageId()).isNotEqualTo(first.imageId());
        assertThat(second.base().digest()).isNotEqualTo(first.base().digest());
        assertThat(second.layers()).isEqualTo(first.layers());
        assertThat(screen.text()).contains("cached");
    }

    @Test
    void noticesAChangedFileWithAnUnchangedTimeStamp() throws Exception {
        var file = folder.resolve("prompts/deep/a.txt");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
        var first = build("team/base:1");

        Files.writeString(file, "other");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
        var second = build("team/base:1");

        assertThat(second.layers().get(0)).isEqualTo(first.layers().get(0));
        assertThat(second.layers().get(1).digest())
                .isNotEqualTo(first.layers().get(1).digest());
    }

    @Test
    void makesTheSameImageInAnotherPlaceFromFilesOfAnotherTime() throws Exception {
        var first = build("team/base:1");
        var copy = folder.resolve("elsewhere");
        Files.createDirectories(copy.resolve("deep"));
        Files.copy(folder.resolve("prompts/deep/a.txt"), copy.resolve("deep/a.txt"));
        try (var other = ContentStore.open(folder.resolve("other store"))) {
            var second = build("team/base:1", other, copy);

            assertThat(second.imageId()).isEqualTo(first.imageId());
            assertThat(second.digest()).isEqualTo(first.digest());
            assertThat(second.deployManifest()).isEqualTo(first.deployManifest());
        }
    }

    /** Another umask, another order of files on the disk, another language and time zone of the machine. */
    @Test
    void makesTheSameImageOnAMachineThatIsSetUpOtherwise() throws Exception {
        for (var name : List.of("b", "A", "ä", "z")) Files.writeString(folder.resolve("prompts/" + name), name);
        var first = build("team/base:1");
        var copy = Files.createDirectories(folder.resolve("elsewhere"));
        for (var name : List.of("z", "ä", "A", "b")) Files.writeString(copy.resolve(name), name);
        Files.createDirectories(copy.resolve("deep"));
        Files.copy(folder.resolve("prompts/deep/a.txt"), copy.resolve("deep/a.txt"));
        for (var file : List.of("b", "ä", "deep/a.txt")) {
            Files.setPosixFilePermissions(copy.resolve(file), PosixFilePermissions.fromString("rw-------"));
        }
        Files.setPosixFilePermissions(copy.resolve("deep"), PosixFilePermissions.fromString("rwx------"));
        var language = Locale.getDefault();
        var zone = TimeZone.getDefault();
        try (var other = ContentStore.open(folder.resolve("other store"))) {
            Locale.setDefault(Locale.forLanguageTag("tr-TR"));
            TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));

            var second = build("team/base:1", other, copy);

            assertThat(second.imageId()).isEqualTo(first.imageId());
            assertThat(second.digest()).isEqualTo(first.digest());
        } finally {
            Locale.setDefault(language);
            TimeZone.setDefault(zone);
        }
    }

    /** Time of our own: what a busy machine or a slow registry takes is not ours. */
    @Test
    void aSecondBuildCostsLessThanTwoSecondsOfOurOwn() throws Exception {
        for (int i = 0; i < 2_000; i++) Files.writeString(folder.resolve("prompts/file" + i), "x".repeat(i));
        build("team/base:1");
        var threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();

        build("team/base:1");

        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - before)).isLessThan(Duration.ofSeconds(2));
    }

    private BuiltImage build(String name) throws Exception {
        return build(name, store, folder.resolve("prompts"));
    }

    private BuiltImage build(String name, ContentStore into, Path prompts) throws StrixhaloException {
        var recipe = Recipe.of(
                "strixhalo/test",
                BaseReference.parse(registry.host() + "/" + name, folder),
                List.of(LayerSource.folder("prompts", prompts, "/opt/prompts", "auto", "auto")),
                List.of(),
                Map.of(),
                Map.of(),
                "1.0",
                null);
        var credentials = new Credentials(Map.of(), folder.resolve("no home"), null);
        return new ImageBuild(into, credentials, Clock.systemUTC(), folder, screen)
                .run(
                        recipe,
                        BuiltImage.file(
                                folder.resolve("records of " + into.folder().getFileName())));
    }
}
