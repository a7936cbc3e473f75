package dev.strixhalo.rccl.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Files that are looked at: of this machine, or of an image elsewhere. Paths are absolute, with {@code /}. */
public interface FileTree {
    /**
     * Opens a regular file; links are followed.
     *
     * @throws IOException when there is none, or it cannot be read
     */
    Bytes open(String path) throws IOException;

    /**
     * The names in a folder, sorted; empty when there is no such folder.
     *
     * @throws IOException when it cannot be read
     */
    List<String> names(String folder) throws IOException;

    /**
     * The path with all links resolved, as realpath(3) gives it.
     *
     * @throws IOException when there is no such file
     */
    String real(String path) throws IOException;

    /** The bytes of a file, at random. */
    interface Bytes extends AutoCloseable {
        long size();

        /**
         * Reads from an offset until the buffer is full or the file ends.
         *
         * @return how many bytes were read, 0 at or after the end
         */
        int read(long offset, ByteBuffer into) throws IOException;

        @Override
        void close() throws IOException;
    }
}
