package dev.strixhalo.rccl.build;

import dev.strixhalo.base.StrixhaloException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * All that the tools say, in a file; flushed line by line, so that it can be followed. A build of half an hour does not fail
 * since its log could not be written; what is lost is known.
 */
final class BuildLog implements AutoCloseable {
    private final Path file;
    private final BufferedWriter out;
    private @Nullable String lost;

    BuildLog(Path file) throws StrixhaloException {
        this.file = file;
        try {
            Files.createDirectories(file.toAbsolutePath().resolveSibling("."));
            out = Files.newBufferedWriter(file);
        } catch (IOException e) {
            throw RcclPackage.unwritable(file, e);
        }
    }

    synchronized void line(String line) {
        if (lost != null) return;
        try {
            out.write(line);
            out.newLine();
            out.flush();
        } catch (IOException e) {
            lost = file + ": " + e.getMessage();
        }
    }

    /** Why some of it is lost, or null. */
    synchronized @Nullable String lost() {
        return lost;
    }

    @Override
    public synchronized void close() throws StrixhaloException {
        try {
            out.close();
        } catch (IOException e) {
            if (lost == null) throw RcclPackage.unwritable(file, e);
        }
    }
}
