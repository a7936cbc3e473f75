package dev.strixhalo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DockerArchiveTest {
    private Path file;

    @BeforeEach
    void name(@TempDir Path temporary) {
        file = temporary.resolve("base.tar");
    }

    @Test
    void isTheSameImageAsInARegistry() throws Exception {
        var image = TestImage.distribution();
        try (var archive = DockerArchive.open(reference(image.save(file)))) {
            assertThat(archive.image().imageId()).isEqualTo(image.imageId());
            assertThat(archive.image().diffIdsOfLayers())
                    .containsExactlyElementsOf(
                            image.layers().stream().map(Digest::of).toList());
            var out = new ByteArrayOutputStream();
            archive.blob(archive.image().manifest().layers().get(0), out, n -> {});
            assertThat(out.toByteArray()).isEqualTo(image.layers().get(0));
        }
    }

    @Test
    void knowsTheDirectoriesAndLinksOfTheBaseExactly() throws Exception {
        try (var archive = DockerArchive.open(reference(TestImage.distribution().save(file)))) {
            var tree = archive.tree();

            assertThat(tree.directory("/root")).contains(new LayerItem.Directory("/root", 0700, 0, 0));
            assertThat(tree.directory("/home/user")).contains(new LayerItem.Directory("/home/user", 0750, 1000, 1000));
            assertThat(tree.directory("/tmp")).contains(new LayerItem.Directory("/tmp", 01777, 0, 0));
            assertThat(tree.resolve("/bin/x")).isEqualTo("/usr/bin/x");
        }
    }

    @Test
    void upperLayersHideWhatLiesBelow() throws Exception {
        var image = new TestImage(
                TestImage.tar(
                        TestImage.directory("a/", 0700, 1),
                        TestImage.directory("a/b/", 0700, 1),
                        TestImage.directory("c/", 0700, 1),
                        TestImage.directory("c/d/", 0700, 1),
                        TestImage.link("e", "c")),
                TestImage.tar(
                        TestImage.file(".wh.a", "", 0600),
                        TestImage.directory("c/", 0711, 2),
                        TestImage.directory("c/new/", 0755, 0),
                        TestImage.file("c/.wh..wh..opq", "", 0600),
                        TestImage.file("e", "a file now", 0644)));
        try (var archive = DockerArchive.open(reference(image.save(file)))) {
            var tree = archive.tree();

            assertThat(tree.directory("/a")).isEmpty();
            assertThat(tree.directory("/a/b")).isEmpty();
            assertThat(tree.directory("/c")).contains(new LayerItem.Directory("/c", 0711, 2, 2));
            assertThat(tree.directory("/c/d")).isEmpty();
            assertThat(tree.directory("/c/new")).isPresent();
            assertThat(tree.resolve("/e")).isEqualTo("/e");
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.3, 0.9, 0.99})
    void isRefusedWhenItIsCutOff(double part) throws Exception {
        TestImage.distribution().save(file);
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate((long) (channel.size() * part));
        }

        assertThatThrownBy(() -> DockerArchive.open(reference(file)))
                .isInstanceOf(StrixhaloException.class)
                .hasMessage("The archive of the base image is cut off or damaged, or no docker archive.");
    }

    @Test
    void isRefusedWhenItIsMissingOrSomethingElse() throws Exception {
        assertThatThrownBy(() -> DockerArchive.open(reference(file))).hasMessageContaining("is not there");
        Files.writeString(file, "no tar at all ".repeat(1000));
        assertThatThrownBy(() -> DockerArchive.open(reference(file))).hasMessageContaining("cut off or damaged");
    }

    @Test
    void aDamagedLayerIsNoticedWhenItIsPassedOn() throws Exception {
        TestImage.distribution().save(file);
        var bytes = Files.readAllBytes(file);
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("hello\nhello\n");
        bytes[at] = 'j';
        Files.write(file, bytes);
        try (var archive = DockerArchive.open(reference(file))) {
            var layer = archive.image().manifest().layers().get(0);

            assertThatThrownBy(() -> archive.blob(layer, new ByteArrayOutputStream(), n -> {}))
                    .hasMessageContaining("is not what its configuration says");
        }
    }

    private static ArchiveReference reference(Path file) {
        return new ArchiveReference("docker-archive:" + file, file);
    }
}
