package dev.strixhalo.rccl.source;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import org.jspecify.annotations.Nullable;

/** Unpacks a tar archive; nothing of it can get out of the folder that it is unpacked to. */
public final class Archive {
    private static final int SEVERAL_ENTRIES = 2;

    /** A '..' behind a name. */
    private static final Pattern UP_LATER = Pattern.compile("(?:^|/)(?!\\.\\.?/)[^/]+/+(?:.*/)?\\.\\.(?:/|$)");

    private Archive() {}

    /**
     * Unpacks a tar archive, plain or compressed by gzip or bzip2.
     *
     * @param folder that does not exist yet
     * @throws StrixhaloException when it is no tar archive, or holds what would leave the folder
     */
    public static void unpack(Path archive, Path folder) throws StrixhaloException {
        try (var raw = new BufferedInputStream(Files.newInputStream(archive));
                var tar = new TarArchiveInputStream(decompressed(raw))) {
            var top = Files.createDirectories(folder).toRealPath();
            int entries = 0;
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry(), entries++) {
                put(tar, entry, top, archive);
            }
            if (entries == 0) throw noArchive(archive, "it holds nothing", null);
        } catch (IOException | InvalidPathException e) {
            throw noArchive(archive, String.valueOf(e.getMessage()), e);
        }
    }

    private static void put(TarArchiveInputStream tar, TarArchiveEntry entry, Path folder, Path archive)
            throws IOException, StrixhaloException {
        var target = folder.resolve(entry.getName()).normalize();
        if (!target.startsWith(folder)) throw escapes(archive, entry.getName());
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        var parent = target.resolveSibling("").normalize();
        Files.createDirectories(parent);
        if (entry.isSymbolicLink()) {
            var to = Path.of(entry.getLinkName());
            // Read as text 'link/..' stays inside; where the link points to a folder higher up, it leads out. '..'
            // means what it
            // says only at the beginning; so no link leads out, nor does any name through one.
            if (UP_LATER.matcher(entry.getLinkName()).find()
                    || !parent.toRealPath().resolve(to).normalize().startsWith(folder)) {
                throw escapes(archive, entry.getName() + " -> " + to);
            }
            Files.createSymbolicLink(target, to);
        } else if (isPlain(entry)) {
            Files.copy(tar, target);
            Files.setPosixFilePermissions(
                    target, PosixFilePermissions.fromString((entry.getMode() & 0100) == 0 ? "rw-r--r--" : "rwxr-xr-x"));
        } else {
            throw noArchive(archive, "'%s' is neither file, folder nor symbolic link".formatted(entry.getName()), null);
        }
    }

    private static boolean isPlain(TarArchiveEntry entry) {
        // For commons-compress a hard link, a device and a pipe are files, too; empty ones.
        return entry.isFile()
                && !entry.isLink()
                && !entry.isCharacterDevice()
                && !entry.isBlockDevice()
                && !entry.isFIFO();
    }

    /** The folder itself, or the only folder in it. */
    static Path top(Path folder) throws IOException {
        try (var list = Files.list(folder)) {
            var first = list.limit(SEVERAL_ENTRIES).toList();
            return first.size() == 1 && Files.isDirectory(first.get(0)) ? first.get(0) : folder;
        }
    }

    private static InputStream decompressed(BufferedInputStream raw) throws IOException {
        String kind;
        try {
            kind = CompressorStreamFactory.detect(raw);
        } catch (CompressorException e) {
            // Not compressed, or by nothing that is known: the tar reader says which.
            return raw;
        }
        if (!kind.equals(CompressorStreamFactory.GZIP) && !kind.equals(CompressorStreamFactory.BZIP2)) {
            throw new IOException("it is compressed by " + kind + "; gzip, bzip2 and no compression are taken");
        }
        try {
            return new CompressorStreamFactory(true).createCompressorInputStream(kind, raw);
        } catch (CompressorException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static StrixhaloException escapes(Path archive, String what) {
        return Problem.of("The archive would write outside of its folder; it is not unpacked.")
                .found(what + " in " + archive)
                .fix("take an archive from a source that you trust")
                .asException();
    }

    private static StrixhaloException noArchive(Path archive, String why, @Nullable Exception cause) {
        var problem = Problem.of("The archive cannot be unpacked.")
                .found(archive + ": " + why)
                .fix("give a whole .tar, .tar.gz or .tar.bz2");
        return cause == null ? problem.asException() : problem.asException(cause);
    }
}
