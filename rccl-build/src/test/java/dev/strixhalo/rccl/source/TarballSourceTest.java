package dev.strixhalo.rccl.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Archives from files and from a real HTTP server on the loopback, and folders. */
@Timeout(60)
class TarballSourceTest {
    @TempDir
    private Path folder;

    private HttpServer server;
    private byte[] served = new byte[0];
    /** Bytes after which the server ends the connection. */
    private int cutAt = Integer.MAX_VALUE;

    private final List<String> ranges = new ArrayList<>();

    @BeforeEach
    void serve() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/rccl.tar", exchange -> {
            var range = exchange.getRequestHeaders().getFirst("Range");
            ranges.add(String.valueOf(range));
            int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            exchange.sendResponseHeaders(from == 0 ? 200 : 206, served.length - from);
            OutputStream out = exchange.getResponseBody();
            out.write(served, from, Math.min(served.length, cutAt) - from);
            out.flush();
            // With a body that is not whole this cuts the connection.
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static void entry(TarArchiveOutputStream tar, String name, byte[] content) throws Exception {
        var entry = new TarArchiveEntry(name, true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
    }

    private interface Filling {
        void into(TarArchiveOutputStream tar) throws Exception;
    }

    private static byte[] tar(Filling filling) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            filling.into(tar);
        }
        return bytes.toByteArray();
    }

    private static byte[] rccl() throws Exception {
        var noise = new byte[200_000];
        new Random(1).nextBytes(noise);
        return tar(tar -> {
            entry(tar, "rccl-1/CMakeLists.txt", "project(rccl)\n".getBytes(StandardCharsets.UTF_8));
            entry(tar, "rccl-1/src/noise.bin", noise);
        });
    }

    private TarballSource file(byte[] archive) throws Exception {
        var file = Files.write(folder.resolve("a.tar"), archive);
        return TarballSource.of("a.tar", Digests.sha256(file), "", folder);
    }

    private TarballSource url(byte[] archive) throws Exception {
        served = archive;
        var sha256 = Digests.sha256(Files.write(folder.resolve("served"), archive));
        return TarballSource.of(
                "http://127.0.0.1:%d/rccl.tar".formatted(server.getAddress().getPort()), sha256, "", folder);
    }

    private Source.Tree bring(Source source) throws StrixhaloException {
        return source.bring(folder.resolve("cache"), Progress.SILENT);
    }

    private static StrixhaloException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(StrixhaloException.class, call);
    }

    @Test
    void takesPlainGzipAndBzip2AndTheSingleFolderOff() throws Exception {
        var gzip = new ByteArrayOutputStream();
        try (var out = new GzipCompressorOutputStream(gzip)) {
            out.write(rccl());
        }
        var bzip2 = new ByteArrayOutputStream();
        try (var out = new BZip2CompressorOutputStream(bzip2)) {
            out.write(rccl());
        }
        for (var archive : List.of(rccl(), gzip.toByteArray(), bzip2.toByteArray())) {
            assertThat(bring(file(archive)).folder().resolve("CMakeLists.txt")).hasContent("project(rccl)");
        }
    }

    @Test
    void aDownloadGoesOnWhereItWasBrokenOffAndComesOnce() throws Exception {
        var source = url(rccl());
        cutAt = 150_000;
        assertThat(failure(() -> bring(source))).hasMessageContaining("cannot be downloaded");
        cutAt = Integer.MAX_VALUE;

        var tree = bring(source);
        bring(source);

        assertThat(tree.folder().resolve("src/noise.bin")).hasSize(200_000);
        assertThat(ranges).hasSize(2);
        assertThat(ranges.get(1)).startsWith("bytes=").isNotEqualTo("bytes=0-");
    }

    @Test
    void anotherArchiveThanTheOneAskedForIsRefusedAndNotGoneOnWith() throws Exception {
        var source = url(rccl());
        var right = served;
        served = Arrays.copyOf(right, right.length);
        served[700] ^= 1;
        var refused = failure(() -> bring(source));
        assertThat(refused).hasMessageContaining("its sha256 is not the one asked for");
        assertThat(refused.problems().get(0).found()).anyMatch(line -> line.startsWith("its sha256 is "));
        served = right;

        assertThat(bring(source).folder().resolve("CMakeLists.txt")).exists();
        assertThat(ranges).containsExactly("null", "null");
    }

    @Test
    void aServerThatHasItNotAndAFileThatIsMissingAreNamed() throws Exception {
        var sha = "0".repeat(64);
        var port = server.getAddress().getPort();
        var missing = TarballSource.of("http://127.0.0.1:" + port + "/nowhere", sha, "", folder);
        assertThat(failure(() -> bring(missing)).problems().get(0).found())
                .anyMatch(line -> line.endsWith("/nowhere answered 404"));
        var file = TarballSource.of("nowhere.tar", sha, "", folder);
        assertThat(failure(() -> bring(file)).problems().get(0).found())
                .containsExactly(folder.resolve("nowhere.tar") + " does not exist");
        assertThat(failure(() -> TarballSource.of("ftp://x/y", "short", "../up", folder))
                        .problems())
                .hasSize(3);
    }

    @Test
    void nothingGetsOutOfTheFolder() throws Exception {
        var wrong = List.<Filling>of(
                tar -> entry(tar, "../out.txt", new byte[1]),
                tar -> entry(tar, "/tmp/strixhalo-out.txt", new byte[1]),
                tar -> {
                    link(tar, "inside", "../..", TarConstants.LF_SYMLINK);
                    entry(tar, "inside/out.txt", new byte[1]);
                },
                tar -> link(tar, "passwd", "/etc/passwd", TarConstants.LF_SYMLINK),
                tar -> link(tar, "hard", "CMakeLists.txt", TarConstants.LF_LINK),
                tar -> link(tar, "device", "", TarConstants.LF_CHR));
        for (int i = 0; i < wrong.size(); i++) {
            var source = file(tar(wrong.get(i)));
            assertThat(failure(() -> bring(source))).as("case " + i).isNotNull();
        }
        assertThat(folder.resolve("cache/out.txt")).doesNotExist();
        assertThat(folder.resolve("out.txt")).doesNotExist();
        assertThat(Path.of("/tmp/strixhalo-out.txt")).doesNotExist();
        assertThat(folder.resolve("cache")).isDirectoryNotContaining("glob:**/tar-????????????????");
    }

    private static void link(TarArchiveOutputStream tar, String name, String to, byte kind) throws Exception {
        var entry = new TarArchiveEntry(name, kind);
        entry.setLinkName(to);
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
    }

    @Test
    void whatIsNoArchiveIsRefused() throws Exception {
        var text = file("this is no archive, but long enough to look for one "
                .repeat(30)
                .getBytes(StandardCharsets.UTF_8));

        assertThat(failure(() -> bring(text))).hasMessage("The archive cannot be unpacked.");
    }

    @Test
    void aFolderIsWhatIsInItWheneverItWasWritten() throws Exception {
        var sources = Files.createDirectories(folder.resolve("sources"));
        var file = Files.writeString(sources.resolve("CMakeLists.txt"), "project(rccl)\n");
        var before = bring(new FolderSource(sources)).identity();
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        Files.createDirectories(sources.resolve(".git"));
        Files.writeString(sources.resolve(".git/HEAD"), "x");
        assertThat(bring(new FolderSource(sources)).identity()).isEqualTo(before);

        assertThat(file.toFile().setExecutable(true)).isTrue();
        var executable = bring(new FolderSource(sources)).identity();
        Files.writeString(file, "project(other)\n");
        assertThat(List.of(before, executable, bring(new FolderSource(sources)).identity()))
                .doesNotHaveDuplicates();
        assertThat(failure(() -> bring(new FolderSource(folder.resolve("nowhere")))))
                .hasMessageContaining("does not exist");
    }
}
