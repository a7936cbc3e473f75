package dev.strixhalo.rccl.elf;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Files in memory for tests, some of them reached by a link; counts the reads, each of which would be a round trip. */
public final class MemoryFiles implements FileTree {
    private final Map<String, byte[]> files = new TreeMap<>();
    private final Map<String, String> links = new TreeMap<>();
    private int reads;

    public static MemoryFiles of(byte[] library) {
        return new MemoryFiles().with("/lib/librccl.so.1.0", library);
    }

    public MemoryFiles with(String path, byte[] bytes) {
        files.put(path, bytes);
        return this;
    }

    public MemoryFiles link(String path, String to) {
        links.put(path, to);
        return this;
    }

    public int reads() {
        return reads;
    }

    @Override
    public Bytes open(String path) throws IOException {
        var bytes = files.get(real(path));
        if (bytes == null) throw new FileNotFoundException(path);
        return new Bytes() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public int read(long offset, ByteBuffer into) {
                reads++;
                int count = (int) Math.max(0, Math.min(into.remaining(), bytes.length - offset));
                if (count > 0) into.put(bytes, (int) offset, count);
                return count;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public List<String> names(String folder) {
        return files.keySet().stream()
                .filter(path -> path.startsWith(folder + "/"))
                .map(path -> path.substring(folder.length() + 1))
                .filter(name -> !name.contains("/"))
                .toList();
    }

    @Override
    public String real(String path) {
        return links.getOrDefault(path, path);
    }
}
