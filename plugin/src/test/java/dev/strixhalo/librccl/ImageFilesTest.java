package dev.strixhalo.librccl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteSettings;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The conversation with a container that hands out files. {@code podman} here is a stand-in that starts the image's Python
 * without a container; the real one is played on the bed.
 */
@Timeout(60)
class ImageFilesTest {
    private static final String IMAGE = "sha256:" + "9f2a".repeat(16);
    private static final String STAND_IN = """
            #!/bin/sh
            while [ "$1" != %s ]; do shift; done
            shift
            %s
            """;

    @TempDir
    private Path folder;

    private RemoteSettings settings;

    @BeforeEach
    void standInForPodman() throws Exception {
        podman("exec python3 \"$@\"");
        settings = RemoteSettings.of(
                folder,
                "me",
                Map.of("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"), "HOME", folder.toString()));
    }

    private void podman(String command) throws Exception {
        var program = Files.createDirectories(folder.resolve("bin")).resolve("podman");
        Files.writeString(program, STAND_IN.formatted(IMAGE, command));
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void handsOutBytesNamesPathsAndChecksums() throws Exception {
        var bytes = new byte[300_000];
        new Random(4).nextBytes(bytes);
        var file = Files.write(folder.resolve("zwei Knöpfe.bin"), bytes);
        Files.createSymbolicLink(folder.resolve("link"), file.getFileName());
        try (var nodes = Nodes.here(settings);
                var files = ImageFiles.open(nodes.head(), IMAGE);
                var open = files.open(folder.resolve("link").toString())) {
            assertThat(open.size()).isEqualTo(bytes.length);
            var end = ByteBuffer.allocate(1000);
            assertThat(open.read(bytes.length - 10, end)).isEqualTo(10);
            var whole = ByteBuffer.allocate(bytes.length);
            assertThat(open.read(0, whole)).isEqualTo(bytes.length);
            assertThat(whole.array()).isEqualTo(bytes);
            assertThat(open.read(bytes.length, ByteBuffer.allocate(1))).isZero();
            assertThat(files.real(folder.resolve("link").toString()))
                    .isEqualTo(file.toRealPath().toString());
            assertThat(files.names(folder.toString())).containsExactly("bin", "link", "zwei Knöpfe.bin");
            assertThat(files.names(folder + "/nowhere")).isEmpty();
            assertThat(files.sha256(file.toString())).isEqualTo(Digests.sha256(file));
            // An error is an answer like any other: the conversation goes on.
            assertThatThrownBy(() -> files.open(folder + "/nowhere")).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> files.open(folder.toString())).hasMessageContaining("not a regular file");
            assertThat(files.names(folder.toString())).hasSize(3);
        }
    }

    @Test
    void anImageWithoutPythonOrThatDoesNotStartIsToldInItsOwnWords() throws Exception {
        podman("echo 'Error: crun: executable file `python3` not found' >&2; exit 127");
        try (var nodes = Nodes.here(settings)) {
            var failure = catchThrowableOfType(
                    StrixhaloException.class,
                    () -> ImageFiles.open(nodes.head(), IMAGE).close());

            assertThat(failure).hasMessageContaining("looking into image " + IMAGE);
            assertThat(failure.problems().get(0).found()).anyMatch(line -> line.contains("python3"));
        }
    }

    @Test
    void aContainerThatDiesInTheMiddleIsAFailureAndNotAWait() throws Exception {
        podman("echo '{\"ready\": true}'; read -r _; exit 9");
        try (var nodes = Nodes.here(settings);
                var files = ImageFiles.open(nodes.head(), IMAGE)) {
            assertThatThrownBy(() -> files.names("/")).isInstanceOf(java.io.IOException.class);
        }
    }

    @Test
    void nothingOfItIsLeftWhenItIsClosed() throws Exception {
        podman("echo $$ >" + folder.resolve("pid") + "; exec python3 \"$@\"");
        try (var nodes = Nodes.here(settings)) {
            ImageFiles.open(nodes.head(), IMAGE).close();
            long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
            var process = ProcessHandle.of(pid);
            if (process.isPresent()) {
                assertThat(process.get().onExit()).succeedsWithin(java.time.Duration.ofSeconds(20));
            }
        }
    }
}
