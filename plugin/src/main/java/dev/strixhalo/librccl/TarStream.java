package dev.strixhalo.librccl;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Small folders on their way to a node and back. */
final class TarStream {
    private TarStream() {}

    /** All that is in a folder, as a tar archive; owners and times are not taken along. */
    static byte[] pack(Path folder) throws StrixhaloException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (var file : Folders.files(folder, path -> false)) {
                if (file.equals(folder)) continue;
                add(tar, file, folder.relativize(file).toString());
            }
        } catch (IOException e) {
            throw failed(folder, e);
        }
        return bytes.toByteArray();
    }

    private static void add(TarArchiveOutputStream tar, Path file, String name) throws IOException {
        if (Files.isSymbolicLink(file)) {
            var link = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
            link.setLinkName(Files.readSymbolicLink(file).toString());
            tar.putArchiveEntry(link);
        } else if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
            tar.putArchiveEntry(new TarArchiveEntry(name + "/"));
        } else {
            var entry = new TarArchiveEntry(name);
            entry.setSize(Files.size(file));
            entry.setMode(Files.isExecutable(file) ? 0755 : 0644);
            tar.putArchiveEntry(entry);
            Files.copy(file, tar);
        }
        tar.closeArchiveEntry();
    }

    /**
     * Unpacks what came back.
     *
     * @param text   base64 of a tar.gz
     * @param folder the one at its top
     * @param to     gets what is in that folder
     */
    static void unpack(CharSequence text, String folder, Path to) throws StrixhaloException {
        try (var tar = new TarArchiveInputStream(
                new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(text.toString()))))) {
            Files.createDirectories(to);
            for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                var inside =
                        Path.of(folder).relativize(Path.of(entry.getName())).toString();
                var target = to.resolve(inside).normalize();
                if (!target.startsWith(to)) throw new IOException(entry.getName() + " leads out of the folder");
                if (entry.isDirectory()) Files.createDirectories(target);
                else if (entry.isSymbolicLink()) Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                else Files.copy(tar, target);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw failed(to, e);
        }
    }

    private static StrixhaloException failed(Path folder, Exception e) {
        return Problem.of("Files of the build did not get to the node or back.")
                .found(folder + ": " + e)
                .fix("run the goal again")
                .asException(e);
    }
}
