package dev.strixhalo.rccl.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArchiveTest {
    @TempDir
    Path place;

    private Path unpack(byte[] bytes) throws StrixhaloException, IOException {
        var archive = Files.write(place.resolve("archive"), bytes);
        var folder = place.resolve("in here/tree");
        Archive.unpack(archive, folder);
        return folder;
    }

    private StrixhaloException refused(byte[] bytes) {
        return catchThrowableOfType(StrixhaloException.class, () -> unpack(bytes));
    }

    private void assertEscapes(TarWriter archive) throws IOException {
        var failure = refused(archive.plain());

        assertThat(failure).hasMessage("The archive would write outside of its folder; it is not unpacked.");
        assertNothingGotOut();
    }

    private void assertNothingGotOut() throws IOException {
        try (var list = Files.list(place)) {
            assertThat(list.map(path -> path.getFileName().toString())).isSubsetOf("archive", "in here");
        }
        try (var list = Files.list(place.resolve("in here"))) {
            assertThat(list.map(path -> path.getFileName().toString())).isSubsetOf("tree");
        }
    }

    private static TarWriter rccl() {
        return new TarWriter()
                .folder("rccl")
                .file("rccl/CMakeLists.txt", "project(rccl)\n")
                .file("rccl/tools/hipify.sh", "#!/bin/sh\n", 0755)
                .link("rccl/tools/newest", "../CMakeLists.txt");
    }

    private static void assertWhole(Path folder) throws IOException {
        assertThat(folder.resolve("rccl/CMakeLists.txt")).hasContent("project(rccl)\n");
        assertThat(Files.isExecutable(folder.resolve("rccl/CMakeLists.txt"))).isFalse();
        assertThat(folder.resolve("rccl/tools/hipify.sh")).isExecutable();
        assertThat(Files.readSymbolicLink(folder.resolve("rccl/tools/newest"))).hasToString("../CMakeLists.txt");
    }

    @Test
    void plainArchive() throws Exception {
        assertWhole(unpack(rccl().plain()));
    }

    @ParameterizedTest
    @ValueSource(strings = {CompressorStreamFactory.GZIP, CompressorStreamFactory.BZIP2})
    void compressedArchive(String kind) throws Exception {
        assertWhole(unpack(rccl().packed(kind)));
    }

    @Test
    void theFolderMayBeNamedInARoundaboutWay() throws Exception {
        var archive = Files.write(place.resolve("archive"), rccl().plain());

        Files.createDirectory(place.resolve("x"));
        Archive.unpack(archive, place.resolve("x/../in here/./tree"));

        assertWhole(place.resolve("in here/tree"));
    }

    @Test
    void anotherCompressionIsNamed() {
        var failure = refused(rccl().packed(CompressorStreamFactory.DEFLATE));

        assertThat(failure).hasMessage("The archive cannot be unpacked.");
        assertThat(failure.problems().get(0).found().get(0)).contains("compressed by deflate; gzip, bzip2");
    }

    @Test
    void textIsNoArchive() {
        var failure = refused("<html>Not found</html>\n".repeat(200).getBytes(StandardCharsets.UTF_8));

        assertThat(failure).hasMessage("The archive cannot be unpacked.");
    }

    @Test
    void anEmptyFileIsNoArchive() {
        assertThat(refused(new byte[0])).hasMessage("The archive cannot be unpacked.");
    }

    @Test
    void anArchiveOfNothingIsRefused() {
        assertThat(refused(new TarWriter().plain()).problems().get(0).found().get(0))
                .endsWith("it holds nothing");
    }

    @Test
    void aCutArchiveIsRefused() {
        var archive = new TarWriter().file("large", "x".repeat(100_000));
        var packed = archive.packed(CompressorStreamFactory.GZIP);
        assertThat(refused(Arrays.copyOf(packed, packed.length / 2))).hasMessage("The archive cannot be unpacked.");
        var plain = archive.plain();
        assertThat(refused(Arrays.copyOf(plain, plain.length / 2))).hasMessage("The archive cannot be unpacked.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../out", "tree/../../out", "/out", "./../out"})
    void namesThatLeadOut(String name) throws IOException {
        assertEscapes(new TarWriter().file("inside", "x").file(name, "x"));
    }

    @Test
    void foldersThatLeadOut() throws IOException {
        assertEscapes(new TarWriter().file("inside", "x").folder("../out"));
    }

    @Test
    void namesThatOnlyLookLikeTheFolder() throws IOException {
        assertEscapes(new TarWriter().file("inside", "x").file("../tree2/x", "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "/etc", "../../archive", "a/../../x"})
    void linksThatLeadOut(String to) throws IOException {
        assertEscapes(new TarWriter().file("inside", "x").link("link", to));
    }

    @Test
    void aLinkThatLeadsOutByWayOfAnother() throws IOException {
        // Read as text, deep/down/../../x stays inside; but deep/down is the top.
        assertEscapes(new TarWriter()
                .folder("deep/er")
                .link("deep/er/up", "../..")
                .link("deep/er/out", "up/../out")
                .folder("deep/er/out/made"));
    }

    @Test
    void aFileThroughALinkThatStaysInside() throws Exception {
        var tree = unpack(new TarWriter()
                .folder("real")
                .link("short", "real")
                .file("short/x", "through")
                .plain());

        assertThat(tree.resolve("real/x")).hasContent("through");
    }

    @Test
    void hardLinksDevicesAndPipesAreRefused() throws IOException {
        for (var archive : new TarWriter[] {
            new TarWriter().file("a", "x").hardLink("special", "a"),
            new TarWriter().file("a", "x").hardLink("special", "/etc/passwd"),
            new TarWriter().file("a", "x").device("special"),
            new TarWriter().file("a", "x").pipe("special")
        }) {
            var failure = refused(archive.plain());
            assertThat(failure.problems().get(0).found().get(0))
                    .endsWith("'special' is neither file, folder nor symbolic link");
            assertThat(place.resolve("in here/tree/special")).doesNotExist();
            Folders.remove(place.resolve("in here"));
        }
    }

    @Test
    void aNameThatComesTwiceIsRefused() {
        assertThat(refused(new TarWriter().file("a", "1").file("a", "2").plain()))
                .hasMessage("The archive cannot be unpacked.");
    }

    @Test
    void theOnlyFolderAtTheTopIsTakenOff() throws Exception {
        var folder = unpack(rccl().plain());
        assertThat(Archive.top(folder)).isEqualTo(folder.resolve("rccl"));

        Files.writeString(folder.resolve("README"), "");
        assertThat(Archive.top(folder)).isEqualTo(folder);
    }
}
