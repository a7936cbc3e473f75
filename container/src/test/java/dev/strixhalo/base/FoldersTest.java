package dev.strixhalo.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FoldersTest {
    private static final FileTime THEN = FileTime.from(Instant.parse("2024-02-29T12:00:00Z"));

    @TempDir
    Path place;

    private Path from;
    private Path outside;

    @BeforeEach
    void aFolder() throws IOException {
        from = Files.createDirectories(place.resolve("from here"));
        outside = Files.createDirectories(place.resolve("outside"));
        Files.writeString(outside.resolve("precious"), "precious");
        Files.createDirectories(from.resolve("sub/empty"));
        Files.writeString(from.resolve("sub/tool.sh"), "#!/bin/sh\n");
        Files.setPosixFilePermissions(from.resolve("sub/tool.sh"), PosixFilePermissions.fromString("rwxr-x---"));
        Files.setLastModifiedTime(from.resolve("sub/tool.sh"), THEN);
        Files.createSymbolicLink(from.resolve("file link"), Path.of("sub/tool.sh"));
        Files.createSymbolicLink(from.resolve("folder link"), outside);
        Files.createSymbolicLink(from.resolve("nowhere"), Path.of("is/not/there"));
    }

    private void assertNothingOutsideIsTouched() {
        assertThat(outside.resolve("precious")).hasContent("precious");
    }

    @Test
    void aCopyHasPermissionsTimesAndLinksAsLinks() throws IOException {
        var to = place.resolve("new/to");
        Folders.copy(from, to, path -> false);

        assertThat(to.resolve("sub/tool.sh")).hasContent("#!/bin/sh");
        assertThat(Files.getPosixFilePermissions(to.resolve("sub/tool.sh")))
                .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
        assertThat(Files.getLastModifiedTime(to.resolve("sub/tool.sh"))).isEqualTo(THEN);
        assertThat(to.resolve("sub/empty")).isEmptyDirectory();
        assertThat(Files.readSymbolicLink(to.resolve("file link"))).hasToString("sub/tool.sh");
        assertThat(Files.readSymbolicLink(to.resolve("folder link"))).isEqualTo(outside);
        assertThat(Files.readSymbolicLink(to.resolve("nowhere"))).hasToString("is/not/there");
    }

    @Test
    void whatIsLeftOutIsLeftOutWithAllInIt() throws IOException {
        Folders.copy(from, place.resolve("to"), path -> path.startsWith("sub"));

        assertThat(place.resolve("to/sub")).doesNotExist();
        assertThat(Files.exists(place.resolve("to/file link"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    @Test
    void aFolderThatIsThereIsFilled() throws IOException {
        Files.createDirectories(place.resolve("to/sub"));

        Folders.copy(from, place.resolve("to"), path -> false);

        assertThat(place.resolve("to/sub/tool.sh")).exists();
    }

    @Test
    void aFileThatIsThereIsNotReplaced() throws IOException {
        Files.createDirectories(place.resolve("to/sub"));
        Files.writeString(place.resolve("to/sub/tool.sh"), "another");

        assertThatThrownBy(() -> Folders.copy(from, place.resolve("to"), path -> false))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(place.resolve("to/sub/tool.sh")).hasContent("another");
    }

    @Test
    void aFolderThatIsNotThereCannotBeCopied() {
        assertThatThrownBy(() -> Folders.copy(place.resolve("missing"), place.resolve("to"), path -> false))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void removedIsAllOfItAndNothingBehindLinks() throws IOException {
        Folders.remove(from);

        assertThat(from).doesNotExist();
        assertNothingOutsideIsTouched();
    }

    @Test
    void removedIsALinkItself() throws IOException {
        Folders.remove(from.resolve("folder link"));
        Folders.remove(from.resolve("nowhere"));

        assertThat(Files.exists(from.resolve("folder link"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        assertThat(Files.exists(from.resolve("nowhere"), LinkOption.NOFOLLOW_LINKS))
                .isFalse();
        assertNothingOutsideIsTouched();
    }

    @Test
    void removedIsASingleFileAndWhatIsNotThere() throws IOException {
        Folders.remove(from.resolve("sub/tool.sh"));
        Folders.remove(from.resolve("sub/tool.sh"));

        assertThat(from.resolve("sub")).isNotEmptyDirectory();
        assertThat(from.resolve("sub/tool.sh")).doesNotExist();
    }

    @Test
    void listedIsAllSortedWithTheFolderFirst() throws IOException {
        assertThat(Folders.files(from, path -> path.endsWith("empty")))
                .containsExactly(
                        from,
                        from.resolve("file link"),
                        from.resolve("folder link"),
                        from.resolve("nowhere"),
                        from.resolve("sub"),
                        from.resolve("sub/tool.sh"));
    }
}
