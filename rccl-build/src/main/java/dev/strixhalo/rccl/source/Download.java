package dev.strixhalo.rccl.source;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.io.EOFException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/**
 * A download that goes on where it was broken off, and counts only when its sha256 is the one asked for. By URLConnection: the
 * newer client of the JDK has no time-out for a body that stops coming.
 */
final class Download {
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final int RANGE_NOT_SATISFIABLE = 416;

    private final Path folder;
    private final Progress progress;
    private final Duration silence;

    Download(Path folder, Progress progress) {
        this(folder, progress, SILENCE);
    }

    /**
     * @param silence after which a server is given up, in the midst of the body too
     */
    Download(Path folder, Progress progress, Duration silence) {
        this.folder = folder;
        this.progress = progress;
        this.silence = silence;
    }

    /** The file, fetched or there already. */
    Path file(URI from, String sha256) throws StrixhaloException {
        var file = folder.resolve("download-" + sha256);
        var part = folder.resolve("download-" + sha256 + ".part");
        try {
            if (Files.isRegularFile(file)) return file;
            Files.createDirectories(folder);
            boolean resumed = Files.exists(part);
            fetch(from, part);
            var found = Digests.sha256(part);
            if (resumed && !found.equals(sha256)) {
                // What was there and what followed may be of two files; only a whole one can be named to the user.
                progress.line("source", "what was left of a broken-off download does not fit; from the start again");
                Files.delete(part);
                fetch(from, part);
                found = Digests.sha256(part);
            }
            if (found.equals(sha256)) return Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
            // Gone on with, it would never become the right one.
            Files.delete(part);
            throw another(from, found);
        } catch (IOException e) {
            throw Problem.of("The archive with RCCL's sources cannot be downloaded.")
                    .found(from + ": " + e)
                    .fix("run the goal again: it goes on where it was broken off")
                    .asException(e);
        }
    }

    private void fetch(URI from, Path part) throws IOException, StrixhaloException {
        long there = Files.exists(part) ? Files.size(part) : 0;
        var connection = (HttpURLConnection) from.toURL().openConnection();
        connection.setConnectTimeout((int) silence.toMillis());
        connection.setReadTimeout((int) silence.toMillis());
        if (there > 0) connection.setRequestProperty("Range", "bytes=" + there + "-");
        try (var step = progress.begin("source")) {
            int status = connection.getResponseCode();
            // The part is whole already; its digest will tell.
            if (status == RANGE_NOT_SATISFIABLE && there > 0) return;
            boolean whole = status == HttpURLConnection.HTTP_OK;
            if (!whole && status != HttpURLConnection.HTTP_PARTIAL) {
                throw Problem.of("The server does not give the archive with RCCL's sources.")
                        .found("%s answered %d".formatted(from, status))
                        .fix("check <from> of <tarball>")
                        .asException();
            }
            if (whole) there = 0;
            long length = connection.getContentLengthLong();
            long total = length < 0 ? -1 : there + length;
            try (var body = connection.getInputStream();
                    var out = Files.newOutputStream(
                            part,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE,
                            whole ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND)) {
                var buffer = new byte[64 * 1024];
                for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
                    out.write(buffer, 0, n);
                    there += n;
                    step.bytes(null, there, total);
                }
            }
            // URLConnection takes a connection that was cut for the end of the body.
            if (there < total) throw new EOFException("it ended after %d of %d bytes".formatted(there, total));
            step.done(from.toString());
        } finally {
            connection.disconnect();
        }
    }

    /** A file of the user's, if it is the one that was asked for. */
    static Path verified(Path file, String sha256) throws StrixhaloException {
        try {
            var found = Digests.sha256(file);
            if (found.equals(sha256)) return file;
            throw another(file.toUri(), found);
        } catch (IOException e) {
            throw Problem.of("The archive with RCCL's sources cannot be read.")
                    .found(e)
                    .fix("check <from> of <tarball>")
                    .asException(e);
        }
    }

    private static StrixhaloException another(URI from, String found) {
        return Problem.of("The archive with RCCL's sources is another one: its sha256 is not the one asked for.")
                .found(from.toString())
                .found("its sha256 is " + found)
                .fix("if you trust it: <sha256>" + found + "</sha256>")
                .asException();
    }
}
