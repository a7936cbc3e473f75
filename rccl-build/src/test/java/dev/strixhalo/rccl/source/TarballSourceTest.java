package dev.strixhalo.rccl.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.source.Source.Tree;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class TarballSourceTest {
    private static final byte[] ARCHIVE = archive("project(rccl)\n");
    private static final String SHA256 = sha256(ARCHIVE);

    @TempDir
    Path folder;

    private Path cache;
    private DownloadServer server;

    @BeforeEach
    void aServer() throws IOException {
        cache = folder.resolve("cache of sources");
        server = new DownloadServer(ARCHIVE);
    }

    @AfterEach
    void noServer() {
        server.close();
    }

    private static byte[] archive(String cmake) {
        var noise = new byte[60_000];
        new Random(1151).nextBytes(noise);
        return new TarWriter()
                .file("rccl-1/CMakeLists.txt", cmake)
                .file("rccl-1/sub/CMakeLists.txt", "project(sub)\n")
                .file("rccl-1/noise", HexFormat.of().formatHex(noise))
                .packed(CompressorStreamFactory.GZIP);
    }

    private static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(Digests.sha256().digest(bytes));
    }

    private Tree bring(String from, String sha256, String inside) throws StrixhaloException {
        return TarballSource.of(from, sha256, inside, folder).bring(cache, Progress.SILENT);
    }

    private Tree bring() throws StrixhaloException {
        return bring(server.address().toString(), SHA256, "");
    }

    private StrixhaloException refused() {
        return catchThrowableOfType(StrixhaloException.class, this::bring);
    }

    private List<String> inCache() throws IOException {
        if (!Files.isDirectory(cache)) return List.of();
        try (var list = Files.list(cache)) {
            return list.map(path -> path.getFileName().toString())
                    .filter(name -> !name.endsWith(".lock"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void isFetchedCheckedAndUnpackedOnce() throws Exception {
        var tree = bring();

        assertThat(tree.folder().resolve("CMakeLists.txt")).hasContent("project(rccl)\n");
        assertThat(tree.identity()).isEqualTo("tar:" + SHA256 + ":");
        assertThat(tree.commit()).isEmpty();

        server.status = 500;
        assertThat(bring()).isEqualTo(tree);
        assertThat(server.asked()).containsExactly("-");
    }

    @Test
    void aFolderOfItIsTheSource() throws Exception {
        var tree = bring(server.address().toString(), SHA256.toUpperCase(java.util.Locale.ROOT), "sub");

        assertThat(tree.folder().resolve("CMakeLists.txt")).hasContent("project(sub)\n");
        assertThat(tree.identity()).isEqualTo("tar:" + SHA256 + ":sub");
        assertThat(tree.inside()).isEqualTo("sub");
    }

    @Test
    void aFolderThatItLacksIsNamed() {
        var failure = catchThrowableOfType(
                StrixhaloException.class, () -> bring(server.address().toString(), SHA256, "projects/rccl"));

        assertThat(failure).hasMessage("The archive has no such folder.");
    }

    @Test
    void aDownloadThatWasCutGoesOnWhereItWas() throws Exception {
        server.cutAfter = 1000;

        var failure = refused();
        assertThat(failure).hasMessage("The archive with RCCL's sources cannot be downloaded.");
        assertThat(failure.problems().get(0).fixes())
                .containsExactly("run the goal again: it goes on where it was broken off");
        assertThat(inCache()).containsExactly("download-" + SHA256 + ".part");

        server.cutAfter = Integer.MAX_VALUE;
        assertThat(bring().folder().resolve("CMakeLists.txt")).hasContent("project(rccl)\n");
        assertThat(server.asked()).containsExactly("-", "bytes=1000-");
    }

    @Test
    void aServerWithoutRangesStartsAnew() throws Exception {
        server.cutAfter = 1000;
        assertThat(refused()).isNotNull();
        server.cutAfter = Integer.MAX_VALUE;
        server.knowsRanges = false;

        assertThat(bring().folder().resolve("CMakeLists.txt")).hasContent("project(rccl)\n");
    }

    @Test
    void aPartOfAnotherFileIsForgotten() throws Exception {
        server.content = archive("project(old)\n");
        server.cutAfter = 1000;
        assertThat(refused()).isNotNull();
        server.cutAfter = Integer.MAX_VALUE;
        server.content = ARCHIVE;

        assertThat(bring().folder().resolve("CMakeLists.txt")).hasContent("project(rccl)\n");
        assertThat(server.asked()).containsExactly("-", "bytes=1000-", "-");
    }

    @Test
    void aPartThatIsWholeAlreadyIsTaken() throws Exception {
        Files.createDirectories(cache);
        Files.write(cache.resolve("download-" + SHA256 + ".part"), ARCHIVE);

        assertThat(bring().folder().resolve("CMakeLists.txt")).hasContent("project(rccl)\n");
        assertThat(server.asked()).containsExactly("bytes=" + ARCHIVE.length + "-");
    }

    @Test
    void anotherArchiveIsRefusedAndDoesNotStandInTheWay() throws Exception {
        var other = archive("project(evil)\n");
        server.content = other;

        var failure = refused();
        assertThat(failure)
                .hasMessage("The archive with RCCL's sources is another one: its sha256 is not the one asked for.");
        assertThat(failure.problems().get(0).fixes())
                .containsExactly("if you trust it: <sha256>" + sha256(other) + "</sha256>");
        assertThat(inCache()).isEmpty();

        server.content = ARCHIVE;
        assertThat(bring().folder().resolve("CMakeLists.txt")).hasContent("project(rccl)\n");
    }

    @Test
    void whatTheServerAnswersIsSaid() throws Exception {
        server.status = 404;

        var failure = refused();
        assertThat(failure).hasMessage("The server does not give the archive with RCCL's sources.");
        assertThat(failure.problems().get(0).found()).containsExactly(server.address() + " answered 404");
        assertThat(inCache()).isEmpty();
    }

    @Test
    void nobodyThereIsSaid() throws Exception {
        var address = server.address();
        server.close();

        var failure = refused();
        assertThat(failure).hasMessage("The archive with RCCL's sources cannot be downloaded.");
        assertThat(failure.problems().get(0).found().get(0))
                .startsWith(address.toString())
                .contains("refused");
    }

    @Test
    void aServerThatFallsSilentIsGivenUpAndGoneOnWith() throws Exception {
        server.silentAfter = 2000;
        var download = new Download(cache, Progress.SILENT, Duration.ofMillis(300));

        var failure = catchThrowableOfType(StrixhaloException.class, () -> download.file(server.address(), SHA256));
        assertThat(failure.problems().get(0).found().get(0)).contains("timed out");

        server.silentAfter = Integer.MAX_VALUE;
        assertThat(download.file(server.address(), SHA256)).hasBinaryContent(ARCHIVE);
        assertThat(server.asked()).containsExactly("-", "bytes=2000-");
    }

    @Test
    void anArchiveThatIsNoneLeavesNoTree() throws Exception {
        var text = "no archive at all".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        server.content = text;

        var failure = catchThrowableOfType(
                StrixhaloException.class, () -> bring(server.address().toString(), sha256(text), ""));

        assertThat(failure).hasMessage("The archive cannot be unpacked.");
        assertThat(inCache()).containsExactly("download-" + sha256(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"my archive.tar.gz", "./my archive.tar.gz"})
    void aFileOfTheUsersIsUsedWhereItIs(String name) throws Exception {
        Files.write(folder.resolve("my archive.tar.gz"), ARCHIVE);

        assertThat(bring(name, SHA256, "").folder().resolve("CMakeLists.txt")).hasContent("project(rccl)\n");
        assertThat(inCache()).containsExactly("tar-" + SHA256.substring(0, 16));
        assertThat(bring(folder.resolve("my archive.tar.gz").toUri().toString(), SHA256, "sub")
                        .identity())
                .isEqualTo("tar:" + SHA256 + ":sub");
    }

    @Test
    void aFileOfTheUsersIsCheckedToo() throws Exception {
        var file = Files.write(folder.resolve("archive"), ARCHIVE);

        var failure = catchThrowableOfType(StrixhaloException.class, () -> bring("archive", "00".repeat(32), ""));
        assertThat(failure).hasMessageContaining("its sha256 is not the one asked for");
        assertThat(file).exists();

        failure = catchThrowableOfType(StrixhaloException.class, () -> bring("missing", SHA256, ""));
        assertThat(failure).hasMessage("The archive with RCCL's sources cannot be read.");
        assertThat(inCache()).isEmpty();
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        var failure = catchThrowableOfType(
                StrixhaloException.class, () -> TarballSource.of("ftp://example.org/x", "", "../x", folder));

        assertThat(failure.problems())
                .extracting(Problem::what)
                .containsExactly(
                        "<from> of <tarball> has a scheme that is not spoken here.",
                        "<tarball> has no <sha256>: what is compiled would be whatever the server sends.",
                        "<folder> of <tarball> is no path inside an archive.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://exa mple.org/x", "https:///x.tar", "file://x.tar.gz", "http://", "a\0b"})
    void anAddressThatIsNoneIsSaid(String from) {
        var failure = catchThrowableOfType(StrixhaloException.class, () -> TarballSource.of(from, SHA256, "", folder));

        assertThat(failure).hasMessage("<from> of <tarball> is no address and no path.");
    }

    @Test
    void aPasswordDoesNotComeIntoRecords() {
        var failure = catchThrowableOfType(
                StrixhaloException.class,
                () -> TarballSource.of("https://me:hunter2@example.org/x.tar", SHA256, "", folder));

        assertThat(failure.problems().toString()).contains("holds a password").doesNotContain("hunter2");
    }

    @Test
    void saysWhereItComesFrom() {
        assertThat(new TarballSource(URI.create("https://example.org/x.tar"), SHA256, "rccl").text())
                .isEqualTo("https://example.org/x.tar rccl");
    }
}
