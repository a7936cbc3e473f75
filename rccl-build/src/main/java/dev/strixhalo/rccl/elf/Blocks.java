package dev.strixhalo.rccl.elf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file in blocks of 64 KiB, the last 64 of which are kept: every read of it may be a round trip to another machine. Whoever
 * reads on where the last block ended gets more and more at a time, up to a mebibyte. Every access is checked; one beyond the
 * end is a {@link MalformedFileException}, since all offsets come out of the file itself.
 */
final class Blocks {
    private static final int BLOCK = 1 << 16;
    private static final int KEPT = 64;
    private static final int LONGEST_RUN = 16;

    private final FileTree.Bytes bytes;
    private final long size;
    private final Map<Long, byte[]> kept = new LinkedHashMap<>(2 * KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, byte[]> eldest) {
            return size() > KEPT;
        }
    };
    private byte[] current = new byte[0];
    private long currentIndex = -1;
    private long expected = -1;
    private int run = 1;

    Blocks(FileTree.Bytes bytes) {
        this.bytes = bytes;
        this.size = bytes.size();
    }

    long size() {
        return size;
    }

    /** Fails unless the file has this range; {@code what} names what should be there, for the sentence. */
    void check(long offset, long length, String what) throws MalformedFileException {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new MalformedFileException(
                    within(offset),
                    "%s (%s bytes from %s on) lies beyond the end of the file, which has %d bytes: it is cut off or damaged"
                            .formatted(what, Long.toUnsignedString(length), Long.toUnsignedString(offset), size));
        }
    }

    /** The nearest offset that the file has: that of an error leads somewhere. */
    private long within(long offset) {
        return Math.min(size, Math.max(0, offset));
    }

    int u8(long offset) throws IOException, MalformedFileException {
        if (offset < 0 || offset >= size) check(offset, 1, "a byte");
        return block(offset)[(int) (offset % BLOCK)] & 0xff;
    }

    /** An unsigned number of 1 to 8 bytes; one of 8 bytes with its highest bit set comes out negative. */
    long number(long offset, int width, boolean littleEndian) throws IOException, MalformedFileException {
        check(offset, width, "a number");
        long value = 0;
        for (int i = 0; i < width; i++) {
            value = value << 8 | u8(littleEndian ? offset + width - 1 - i : offset + i);
        }
        return value;
    }

    /** Exactly this many bytes. */
    byte[] bytes(long offset, int length, String what) throws IOException, MalformedFileException {
        check(offset, length, what);
        var into = new byte[length];
        copy(offset, into, 0, length);
        return into;
    }

    /**
     * The text from here to the next zero byte.
     *
     * @param end     where the table of strings ends; the zero must come before it
     * @param longest more bytes than this are an error
     */
    String text(long offset, long end, int longest) throws IOException, MalformedFileException {
        if (offset < 0 || offset >= end) {
            throw new MalformedFileException(within(offset), "a name lies outside its table");
        }
        check(offset, end - offset, "a table of names");
        long limit = Math.min(end, offset + longest);
        @Nullable ByteArrayOutputStream earlier = null;
        for (long at = offset; at < limit; ) {
            var block = block(at);
            int from = (int) (at % BLOCK);
            int to = (int) Math.min(block.length, from + (limit - at));
            int zero = from;
            while (zero < to && block[zero] != 0) zero++;
            if (zero < to && earlier == null) return new String(block, from, zero - from, StandardCharsets.UTF_8);
            if (earlier == null) earlier = new ByteArrayOutputStream();
            earlier.write(block, from, zero - from);
            if (zero < to) return earlier.toString(StandardCharsets.UTF_8);
            at += to - from;
        }
        throw new MalformedFileException(offset, "a name does not end within its table, or is longer than " + longest);
    }

    /** How many bytes from here on are zero, at most up to {@code end}. */
    long zeros(long offset, long end) throws IOException, MalformedFileException {
        check(offset, end - offset, "a section");
        long at = offset;
        while (at < end && u8(at) == 0) at++;
        return at - offset;
    }

    /** A stretch of the file as a stream; the range must have been checked. */
    InputStream stream(long offset, long length) {
        return new InputStream() {
            private long at = offset;

            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int from, int count) throws IOException {
                Objects.checkFromIndexSize(from, count, into.length);
                int now = (int) Math.min(count, offset + length - at);
                if (now <= 0) return count == 0 ? 0 : -1;
                copy(at, into, from, now);
                at += now;
                return now;
            }
        };
    }

    private void copy(long offset, byte[] into, int from, int length) throws IOException {
        for (int done = 0; done < length; ) {
            var block = block(offset + done);
            int start = (int) ((offset + done) % BLOCK);
            int count = Math.min(length - done, block.length - start);
            System.arraycopy(block, start, into, from + done, count);
            done += count;
        }
    }

    private byte[] block(long offset) throws IOException {
        long index = offset / BLOCK;
        if (index == currentIndex) return current;
        var block = kept.get(index);
        if (block == null) block = fetch(index);
        current = block;
        currentIndex = index;
        return block;
    }

    private byte[] fetch(long index) throws IOException {
        run = index == expected ? Math.min(2 * run, LONGEST_RUN) : 1;
        long start = index * BLOCK;
        int length = (int) Math.min((long) run * BLOCK, size - start);
        var buffer = ByteBuffer.allocate(length);
        if (bytes.read(start, buffer) != length) throw new IOException("the file became shorter while it was read");
        expected = index + run;
        var all = buffer.array();
        if (length <= BLOCK) {
            kept.put(index, all);
            return all;
        }
        for (int from = 0; from < length; from += BLOCK) {
            kept.put(index + from / BLOCK, Arrays.copyOfRange(all, from, Math.min(length, from + BLOCK)));
        }
        return Objects.requireNonNull(kept.get(index));
    }
}
