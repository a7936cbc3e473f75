package dev.strixhalo.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers of a tar that lies somewhere in a file and skips over the contents, so that a layer of gigabytes is
 * listed in milliseconds.
 */
final class TarFile {
    private TarFile() {}

    /**
     * Where a content lies.
     *
     * @param offset of its first byte in the file
     * @param size   in bytes
     */
    record Span(long offset, long size) {
        long end() {
            return offset + size;
        }
    }

    /** Takes the entries in their order. */
    interface Visitor {
        void entry(TarArchiveEntry entry, Span content) throws IOException;
    }

    /**
     * Visits all entries.
     *
     * @throws IOException when it is no tar, or ends before its last entry does
     */
    static void visit(FileChannel file, Span where, Visitor visitor) throws IOException {
        var window = new Window(file, where);
        try (var tar = new TarArchiveInputStream(window, "UTF-8")) {
            for (@Nullable TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                var content = new Span(window.position, entry.isFile() && !entry.isLink() ? entry.getSize() : 0);
                if (content.end() > where.end()) {
                    throw new IOException("%s needs bytes up to %d, the file ends at %d"
                            .formatted(entry.getName(), content.end(), where.end()));
                }
                visitor.entry(entry, content);
            }
        }
    }

    /** The entries by their names. */
    static Map<String, Span> contents(FileChannel file) throws IOException {
        var contents = new LinkedHashMap<String, Span>();
        visit(file, new Span(0, file.size()), (entry, content) -> {
            // Docker writes the same layer once and links to it.
            if (entry.isSymbolicLink()) {
                var target = contents.get(resolved(entry.getName(), entry.getLinkName()));
                if (target == null) throw new IOException(entry.getName() + " links to something that is not there");
                contents.put(entry.getName(), target);
            } else if (entry.isFile()) {
                contents.put(entry.getName(), content);
            }
        });
        return contents;
    }

    private static String resolved(String link, String target) {
        return String.join("/", BaseTree.elements(BaseTree.parent("/" + link) + "/" + target));
    }

    /** A part of a file as a stream that skips by moving on. */
    static InputStream open(FileChannel file, Span where) {
        return new Window(file, where);
    }

    private static final class Window extends InputStream {
        private final FileChannel file;
        private final long end;
        private long position;

        Window(FileChannel file, Span where) {
            this.file = file;
            this.position = where.offset();
            this.end = where.end();
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) return 0;
            if (position >= end) return -1;
            int n = file.read(ByteBuffer.wrap(bytes, offset, (int) Math.min(length, end - position)), position);
            if (n > 0) position += n;
            return n;
        }

        @Override
        public long skip(long count) {
            long skipped = Math.max(0, Math.min(count, end - position));
            position += skipped;
            return skipped;
        }

        @Override
        public int available() {
            return (int) Math.min(Integer.MAX_VALUE, end - position);
        }
    }
}
