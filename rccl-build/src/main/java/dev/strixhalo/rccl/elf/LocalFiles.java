package dev.strixhalo.rccl.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The files of this machine; a path may be relative, too, to the working directory. */
public final class LocalFiles implements FileTree {
    @Override
    public Bytes open(String path) throws IOException {
        var file = parse(path);
        if (Files.notExists(file)) throw new NoSuchFileException(path);
        // A pipe would wait for its writer, and a device has no size.
        if (!Files.isRegularFile(file)) throw new IOException(path + " is not a regular file");
        return new Channel(FileChannel.open(file, StandardOpenOption.READ));
    }

    @Override
    public List<String> names(String folder) throws IOException {
        var path = parse(folder);
        if (!Files.isDirectory(path)) return List.of();
        try (var entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public String real(String path) throws IOException {
        return parse(path).toRealPath().toString();
    }

    /** Paths come out of files, too: what this machine's encoding of names cannot say is an error of a file, no bug. */
    private static Path parse(String path) throws IOException {
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw new IOException("no file can have the name " + path, e);
        }
    }

    private static final class Channel implements Bytes {
        private final FileChannel channel;
        private final long size;

        Channel(FileChannel channel) throws IOException {
            this.channel = channel;
            try {
                size = channel.size();
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public int read(long offset, ByteBuffer into) throws IOException {
            int total = 0;
            while (into.hasRemaining()) {
                int count = channel.read(into, offset + total);
                if (count < 0) break;
                total += count;
            }
            return total;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
