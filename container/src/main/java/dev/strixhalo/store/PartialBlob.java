package dev.strixhalo.store;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A blob that is being written: its bytes lie beside the blobs until they are all there and known to be right. */
final class PartialBlob implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final HashingOutputStream out;

    PartialBlob(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        this.out = new HashingOutputStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                var buffer = ByteBuffer.wrap(bytes, offset, length);
                while (buffer.hasRemaining()) channel.write(buffer);
            }
        });
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
    }

    Path file() {
        return file;
    }

    long size() {
        return out.count();
    }

    /** The digest of what was written; ends the writing. */
    Digest digest() {
        return out.digest();
    }

    /** Brings the bytes to the disk, so that a power cut after the move finds them there. */
    void settle() throws IOException {
        channel.force(false);
        channel.close();
    }

    /** Ends the writing and removes the file, unless it was moved to where it belongs. */
    @Override
    public void close() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
    }
}
