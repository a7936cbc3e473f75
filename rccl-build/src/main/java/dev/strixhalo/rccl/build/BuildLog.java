package dev.strixhalo.rccl.build;

import dev.strixhalo.base.StrixhaloException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** All that the tools say, in a file; flushed line by line, so that it can be followed. */
final class BuildLog implements AutoCloseable {
    private final Path file;
    private final BufferedWriter out;

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
        try {
            out.write(line);
            out.newLine();
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the log " + file, e);
        }
    }

    @Override
    public void close() throws StrixhaloException {
        try {
            out.close();
        } catch (IOException e) {
            throw RcclPackage.unwritable(file, e);
        }
    }
}
