package dev.strixhalo.rccl.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.StrixhaloException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RcclPackageTest {
    @TempDir
    Path folder;

    private Path file;
    private Path archive;

    @BeforeEach
    void aLibrary() throws Exception {
        file = Files.write(folder.resolve("librccl.so.1.0"), StandInToolchain.LIBRARY);
        archive = folder.resolve("out/rccl-gfx1151.tar.gz");
    }

    private RcclPackage contents(String name) throws StrixhaloException {
        return RcclPackage.ofFile(folder.resolve(name), file, "a name", "gfx1151");
    }

    private StrixhaloException refused(Path what) {
        return catchThrowableOfType(
                StrixhaloException.class,
                () -> RcclPackage.ofFile(folder.resolve("taken"), what, what.toString(), "gfx1151"));
    }

    @Test
    void aFinishedLibraryBecomesAPackage() throws Exception {
        var contents = contents("package");

        assertThat(contents.library()).hasBinaryContent(StandInToolchain.LIBRARY);
        assertThat(contents.record().source()).isEqualTo("a name");
        assertThat(contents.record().key()).isNull();
        assertThat(contents.record().targets()).containsExactly("gfx1151");
        assertThat(contents.intact()).isTrue();
    }

    @Test
    void theSameFilesGiveTheSameArchive() throws Exception {
        contents("one").archive(archive);
        var two = contents("two");
        Files.setLastModifiedTime(two.library(), FileTime.from(Instant.EPOCH));
        two.library().toFile().setExecutable(true);
        two.archive(folder.resolve("two.tar.gz"));

        assertThat(archive).hasSameBinaryContentAs(folder.resolve("two.tar.gz"));
        try (var list = Files.list(archive.getParent())) {
            assertThat(list).containsExactly(archive);
        }
        var entries = new LinkedHashMap<String, TarArchiveEntry>();
        try (var tar = new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry())
                entries.put(entry.getName(), entry);
        }
        assertThat(entries.keySet())
                .containsExactly("lib/librccl.so", "lib/librccl.so.1", "lib/librccl.so.1.0", "rccl.json");
        assertThat(entries.values()).allSatisfy(entry -> {
            assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(Instant.EPOCH);
            assertThat(entry.getLongUserId()).isZero();
            assertThat(entry.getUserName()).isEmpty();
        });
    }

    @Test
    void itsArchiveIsTakenWithItsRecord() throws Exception {
        var made = contents("package");
        made.archive(archive);

        var taken = RcclPackage.ofFile(folder.resolve("taken"), archive, "org.example:rccl:1", "gfx1151");

        assertThat(taken.record()).isEqualTo(made.record());
        assertThat(taken.library()).hasBinaryContent(StandInToolchain.LIBRARY);
        assertThat(Files.readSymbolicLink(taken.folder().resolve("lib/librccl.so")))
                .hasToString("librccl.so.1");
        taken.archive(folder.resolve("again.tar.gz"));
        assertThat(folder.resolve("again.tar.gz")).hasSameBinaryContentAs(archive);
    }

    @Test
    void anArchiveWhoseLibraryIsNotThatOfItsRecordIsRefused() throws Exception {
        contents("package").archive(archive);
        rewrite(files -> files.put("lib/librccl.so.1.0", StandInToolchain.library("gfx1150", 0x43)));

        assertThat(refused(archive)).hasMessageStartingWith("The archive holds no whole library");
        assertThat(folder.resolve("taken")).doesNotExist();
    }

    @Test
    void anArchiveWithoutRecordOrLibraryIsRefused() throws Exception {
        contents("package").archive(archive);
        rewrite(files -> files.remove("rccl.json"));
        assertThat(refused(archive)).hasMessageStartingWith("The archive holds no whole library");
        rewrite(files -> files.put("rccl.json", "{".getBytes(StandardCharsets.UTF_8)));
        assertThat(refused(archive)).hasMessageStartingWith("The archive holds no whole library");
        rewrite(files -> files.remove("lib/librccl.so.1.0"));
        assertThat(refused(archive)).hasMessageStartingWith("The archive holds no whole library");
        assertThat(folder.resolve("taken")).doesNotExist();
    }

    /** Writes the archive anew with other regular files. */
    private void rewrite(Consumer<Map<String, byte[]>> change) throws IOException {
        var files = new LinkedHashMap<String, byte[]>();
        try (var tar = new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(archive)))) {
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry())
                if (!entry.isSymbolicLink()) files.put(entry.getName(), tar.readAllBytes());
        }
        change.accept(files);
        var out = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(out))) {
            for (var each : files.entrySet()) {
                var entry = new TarArchiveEntry(each.getKey());
                entry.setSize(each.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(each.getValue());
                tar.closeArchiveEntry();
            }
        }
        Files.write(archive, out.toByteArray());
    }

    @Test
    void anArchiveForAnotherGpuIsRefusedAndLeavesNothing() throws Exception {
        contents("package").archive(archive);

        var failure = catchThrowableOfType(
                StrixhaloException.class,
                () -> RcclPackage.ofArchive(folder.resolve("taken"), archive, "a name", "gfx1100"));

        assertThat(failure).hasMessageContaining("The library has no gfx1100 code, only gfx1151");
        assertThat(folder.resolve("taken")).doesNotExist();
    }

    @Test
    void whatIsNoLibraryIsRefusedAndLeavesNothing() throws Exception {
        var text = Files.writeString(folder.resolve("text.so"), "librccl.so.1.0");
        assertThat(refused(text)).hasMessage("The library is damaged, or no library at all.");
        assertThat(refused(Files.createFile(folder.resolve("empty.so")))).isNotNull();
        assertThat(refused(folder.resolve("missing.so"))).hasMessage("The library cannot be read.");
        assertThat(refused(folder.resolve("missing.tar.gz"))).hasMessage("The archive cannot be unpacked.");
        assertThat(folder.resolve("taken")).doesNotExist();
    }

    @Test
    void aCopyReplacesWhatWasThere() throws Exception {
        var target = folder.resolve("target");
        contents("one").copyTo(target);
        var copy = contents("two").copyTo(target);

        assertThat(copy.intact()).isTrue();
        assertThat(Files.isSymbolicLink(target.resolve("lib/librccl.so.1"))).isTrue();
    }
}
