package dev.strixhalo.rccl.elf;

import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Files that exist in memory only, by their absolute paths. */
public final class MemoryFiles implements FileTree {
    private final SortedMap<String, byte[]> files = new TreeMap<>();

    public static MemoryFiles with(String path, byte[] bytes) {
        return new MemoryFiles().and(path, bytes);
    }

    public MemoryFiles and(String path, byte[] bytes) {
        files.put(path, bytes);
        return this;
    }

    @Override
    public Bytes open(String path) throws NoSuchFileException {
        var bytes = files.get(path);
        if (bytes == null) throw new NoSuchFileException(path);
        return new Bytes() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public int read(long offset, ByteBuffer into) {
                int count = (int) Math.max(0, Math.min(into.remaining(), bytes.length - offset));
                into.put(bytes, (int) Math.min(offset, bytes.length), count);
                return count;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public List<String> names(String folder) {
        var start = folder.endsWith("/") ? folder : folder + "/";
        return files.keySet().stream()
                .filter(path -> path.startsWith(start) && path.indexOf('/', start.length()) < 0)
                .map(path -> path.substring(start.length()))
                .toList();
    }

    @Override
    public String real(String path) {
        return path;
    }
}
