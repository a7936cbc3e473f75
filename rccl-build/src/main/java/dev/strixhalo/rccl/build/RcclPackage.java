package dev.strixhalo.rccl.build;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.library.Verdict;
import dev.strixhalo.rccl.library.Wanted;
import dev.strixhalo.rccl.source.Archive;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;
import org.jspecify.annotations.Nullable;

/**
 * A library on disk with what belongs to it: {@code lib/librccl.so.1.0} and its two links, {@code include/rccl/rccl.h} when
 * there is one, and {@code rccl.json}.
 *
 * @param folder that holds them
 */
public record RcclPackage(Path folder) {
    /** Where the library lies in a package. */
    public static final String LIBRARY = "lib/librccl.so.1.0";

    private static final List<String> LINKS = List.of("lib/librccl.so", "lib/librccl.so.1");
    private static final String HEADER = "include/rccl/rccl.h";

    /** The library. */
    public Path library() {
        return folder.resolve(LIBRARY);
    }

    /** What is known of it. */
    public RcclRecord record() throws StrixhaloException {
        return RcclRecord.file(folder).read();
    }

    /**
     * Puts a package together.
     *
     * @param folder  does not exist yet
     * @param library the file
     * @param header  or null
     */
    static RcclPackage make(Path folder, Path library, @Nullable Path header) throws StrixhaloException {
        try {
            Files.createDirectories(folder.resolve("lib"));
            Files.copy(library, folder.resolve(LIBRARY));
            var name = Path.of(LIBRARY).getFileName();
            Files.createSymbolicLink(folder.resolve("lib/librccl.so.1"), name);
            Files.createSymbolicLink(folder.resolve("lib/librccl.so"), Path.of("librccl.so.1"));
            if (header != null) {
                Files.createDirectories(folder.resolve("include/rccl"));
                Files.copy(header, folder.resolve(HEADER));
            }
            return new RcclPackage(folder);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    /**
     * A package around a library that somebody else made.
     *
     * @param folder does not exist yet
     * @param file   the library, or an archive that {@link #archive} wrote
     * @param name   how the record calls it
     * @throws StrixhaloException when it cannot be read or would not do
     */
    public static RcclPackage ofFile(Path folder, Path file, String name, String target) throws StrixhaloException {
        if (file.toString().endsWith(".tar.gz")) return ofArchive(folder, file, name, target);
        var verdict = fit(file, target);
        var library = verdict.library();
        var made = make(folder, file, null);
        RcclRecord.file(folder)
                .write(new RcclRecord(
                        null,
                        name,
                        null,
                        null,
                        null,
                        List.of(),
                        null,
                        Map.of(),
                        Map.of(),
                        new TreeSet<>(library.device().targets()),
                        library.hip(),
                        new TreeSet<>(library.exported()),
                        library.size(),
                        Objects.requireNonNull(library.sha256()),
                        null));
        return made;
    }

    /**
     * A package out of its archive; its record is taken over when it tells of just this library.
     *
     * @param folder does not exist yet
     * @param name   of the archive, for messages
     * @throws StrixhaloException when it cannot be read, is not whole or would not do
     */
    public static RcclPackage ofArchive(Path folder, Path archive, String name, String target)
            throws StrixhaloException {
        var unpacked = new RcclPackage(folder);
        boolean whole = false;
        try {
            Archive.unpack(archive, folder);
            demandWhole(unpacked, name);
            fit(unpacked.library(), target);
            whole = true;
            return unpacked;
        } finally {
            if (!whole) BuildTrees.remove(folder);
        }
    }

    private static void demandWhole(RcclPackage unpacked, String name) throws StrixhaloException {
        if (!unpacked.intact()) {
            throw Problem.of("The archive holds no whole library: %s is not the file that its %s tells of."
                            .formatted(LIBRARY, RcclRecord.NAME))
                    .found(name)
                    .fix("name an archive that strixhalo:build-rccl attached; for any other library name the .so file")
                    .asException();
        }
    }

    private static Verdict fit(Path file, String target) throws StrixhaloException {
        var verdict = FinishedLibrary.judge(file, new Wanted(target, null, new TreeSet<>()), true);
        FinishedLibrary.demandFit(verdict);
        return verdict;
    }

    /** Whether the library is there, and the one that the record tells of. */
    boolean intact() throws StrixhaloException {
        if (!Files.isRegularFile(library())) return false;
        String told;
        try {
            told = record().sha256();
        } catch (StrixhaloException e) {
            // No record, half of one, or that of another version: nobody knows what this is.
            return false;
        }
        try {
            return Digests.sha256(library()).equals(told);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    /** Whether another folder holds the same library and record, whole. */
    public boolean same(RcclPackage other) throws StrixhaloException {
        return Files.isRegularFile(other.folder.resolve(RcclRecord.NAME))
                && record().equals(other.record())
                && other.intact();
    }

    /** Copies the package to a folder; what was there before is replaced. */
    public RcclPackage copyTo(Path target) throws StrixhaloException {
        try {
            for (var part : parts()) {
                var to = target.resolve(part);
                Files.createDirectories(to.resolveSibling("."));
                Files.copy(
                        folder.resolve(part),
                        to,
                        LinkOption.NOFOLLOW_LINKS,
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
            return new RcclPackage(target);
        } catch (IOException e) {
            throw unwritable(target, e);
        }
    }

    /**
     * Writes the package as a {@code tar.gz}; the same files give the same bytes on the same JDK.
     *
     * @param file replaced if it is there
     */
    public void archive(Path file) throws StrixhaloException {
        var gzip = new GzipParameters();
        gzip.setCompressionLevel(Deflater.DEFAULT_COMPRESSION);
        var beside = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            Files.createDirectories(file.toAbsolutePath().resolveSibling("."));
            try (var out = new BufferedOutputStream(Files.newOutputStream(beside));
                    var zipped = new GzipCompressorOutputStream(out, gzip);
                    var tar = new TarArchiveOutputStream(zipped)) {
                for (var part : parts()) add(tar, part);
            }
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private void add(TarArchiveOutputStream tar, String part) throws IOException {
        var file = folder.resolve(part);
        boolean link = Files.isSymbolicLink(file);
        var entry = link ? new TarArchiveEntry(part, TarConstants.LF_SYMLINK) : new TarArchiveEntry(part);
        if (link) entry.setLinkName(Files.readSymbolicLink(file).toString());
        else entry.setSize(Files.size(file));
        entry.setMode(part.equals(LIBRARY) || link ? 0755 : 0644);
        entry.setLastModifiedTime(FileTime.from(Instant.EPOCH));
        tar.putArchiveEntry(entry);
        if (!link) Files.copy(file, tar);
        tar.closeArchiveEntry();
    }

    /** What of it is there, in a fixed order. */
    private List<String> parts() {
        var all = new ArrayList<>(List.of(HEADER));
        all.addAll(LINKS);
        all.add(LIBRARY);
        all.add(RcclRecord.NAME);
        all.removeIf(part -> !Files.exists(folder.resolve(part), LinkOption.NOFOLLOW_LINKS));
        return all;
    }

    static StrixhaloException unwritable(Path where, Exception e) {
        return Problem.of("The package of the library cannot be written.")
                .found(where + ": " + (e instanceof UncheckedIOException io ? io.getCause() : e))
                .fix("make room and the folder writable")
                .asException(e);
    }
}
