package dev.strixhalo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.ContentStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same image in a registry of the user's and as an archive, judged by the tools that will read it. */
class OtherEndsTest {
    private Path folder;
    private RealRegistry registry;
    private ContentStore store;
    private final Screen screen = new Screen();

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
    @ValueSource(strings = {"registry", "archive"})
    void aPushedImageIsPulledByPodmanUnderTheSameImageId(String from) throws Exception {
        var built = build(base(from));
        try (var other = RealRegistry.start(folder.resolve("other"));
                var podman = new RealPodman(folder.resolve("podman"), "overlay")) {
            push(built, other.host() + "/mine/image:7");

            var id = podman.run(
                            "pull",
                            "--quiet",
                            "--cert-dir=" + RealRegistry.certificates(),
                            other.host() + "/mine/image@" + built.digest())
                    .orFail()
                    .text()
                    .strip();

            assertThat("sha256:" + id).isEqualTo(built.imageId().value());
            assertThat(screen.text()).contains("0 of 3 blobs were there");
        }
    }

    @Test
    void aSecondPushSendsNothing() throws Exception {
        var built = build(base("registry"));
        try (var other = RealRegistry.start(folder.resolve("other"))) {
            push(built, other.host() + "/mine/image:7");
            int before = other.requests().size();

            push(built, other.host() + "/mine/image:7");

            assertThat(screen.lines()).last().asString().contains("0 B sent, 3 of 3 blobs were there");
            assertThat(other.requests().subList(before, other.requests().size()))
                    .noneMatch(request -> request.contains("\"PATCH") || request.contains("/uploads/"));
        }
    }

    @Test
    void aPushToTheBasesOwnRegistrySendsNoBlobOfTheBaseThatItsRepositoryHas() throws Exception {
        var built = build(base("registry"));

        push(built, registry.host() + "/team/base:ours");

        assertThat(screen.lines()).last().asString().contains("1 of 3 blobs were there");
        var inspected = registry.skopeo("inspect", "docker://" + registry.host() + "/team/base:ours")
                .orFail();
        assertThat(inspected.text()).contains(built.digest().value());
    }

    @Test
    void refusesToPushToADigest() throws Exception {
        var built = build(base("registry"));

        assertThatThrownBy(() -> push(built, registry.host() + "/mine@" + built.digest()))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContaining("cannot be pushed to a digest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry", "archive"})
    void aCompleteArchiveIsLoadedByPodmanAndInspectedBySkopeo(String from) throws Exception {
        var built = build(base(from));
        Path file;
        try (var base = OpenBase.of(built.base(), credentials(), store, screen::warn)) {
            file = archives().complete(built, folder.resolve("out/whole image.tar"), base);
        }

        var inspected = Program.of("skopeo", "inspect", "--config", "oci-archive:" + file)
                .run()
                .orFail()
                .text();
        assertThat(inspected).contains("com.github.containers.toolbox").contains("x-unknown".substring(0, 1));
        try (var podman = new RealPodman(folder.resolve("podman"), "overlay")) {
            podman.run("load", "--quiet", "--input", file.toString()).orFail();
            assertThat(podman.run("images", "--no-trunc", "--quiet").text())
                    .isEqualTo(built.imageId().value());
            var root = podman.mount(built.imageId().hex());
            assertThat(Files.readString(root.resolve("usr/bin/hello"))).startsWith("hello\n");
        }
    }

    @Test
    void aThinArchiveSaysSoAndIsLoadedWhereTheBaseIs() throws Exception {
        var built = build(base("registry"));

        var file = archives().thin(built, folder.resolve("image.tar"));

        assertThat(file.getFileName().toString()).isEqualTo("image.thin.tar");
        assertThat(Program.of("skopeo", "inspect", "--raw", "oci-archive:" + file)
                        .run()
                        .orFail()
                        .text())
                .contains("dev.strixhalo.thin");
        try (var podman = new RealPodman(folder.resolve("podman"), "overlay")) {
            assertThat(podman.run("load", "--quiet", "--input", file.toString()).succeeded())
                    .isFalse();
            var archive = TestImage.distribution().save(folder.resolve("base.tar"));
            podman.run("load", "--quiet", "--input", archive.toString()).orFail();
            podman.run("load", "--quiet", "--input", file.toString()).orFail();
            assertThat(podman.run("images", "--no-trunc", "--quiet").out())
                    .contains(built.imageId().value());
        }
    }

    private OciArchive archives() {
        return new OciArchive(store, folder, screen);
    }

    private void push(BuiltImage built, String target) throws StrixhaloException {
        new Push(store, credentials(), screen)
                .run(
                        built,
                        RegistryReference.parse(target),
                        () -> OpenBase.of(built.base(), credentials(), store, screen::warn));
    }

    private Credentials credentials() {
        return new Credentials(Map.of(), folder.resolve("no home"), null);
    }

    private BaseReference base(String from) throws Exception {
        if (from.equals("registry")) return BaseReference.parse(registry.host() + "/team/base:1", folder);
        TestImage.distribution().save(folder.resolve("base image.tar"));
        return BaseReference.parse("docker-archive:base image.tar", folder);
    }

    private BuiltImage build(BaseReference base) throws Exception {
        var recipe = Recipe.of("strixhalo/test", base, List.of(), List.of(), Map.of(), Map.of(), "1.0", null);
        return new ImageBuild(store, credentials(), Clock.systemUTC(), folder, screen)
                .run(recipe, BuiltImage.file(folder.resolve("records")));
    }
}
