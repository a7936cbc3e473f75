package dev.strixhalo.rccl.elf;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * A compressed bundle (LLVM, "Clang Offload Bundler", "Compressed Offload Bundle"): a header, then one zstd frame or zlib stream.
 *
 * <pre>
 * v1: CCOB, u16 version, u16 method,            u32 unpacked, u64 hash
 * v2: CCOB, u16 version, u16 method, u32 total, u32 unpacked, u64 hash
 * v3: CCOB, u16 version, u16 method, u64 total, u64 unpacked, u64 hash
 * </pre>
 *
 * All numbers are little-endian, total counts the header, and method is 0 for zlib, 1 for zstd.
 *
 * @param data     where the compressed bytes begin
 * @param end      where the bundle ends; of version 1, which does not say, where its data end
 * @param unpacked size in bytes
 */
record CompressedBundle(Blocks blocks, long at, long data, long end, boolean zstd, long unpacked) {
    static final byte[] MAGIC = {'C', 'C', 'O', 'B'};

    /**
     * More than this is no code but an attack on whoever unpacks it: real ones come to 3 to 20, and the same kernels for many
     * GPUs, which LLVM's long matching finds again, to about 50.
     */
    private static final long HIGHEST_RATIO = 200;

    /** Below this nothing can be gained by an attack. */
    private static final long HARMLESS = 64L << 20;

    static CompressedBundle read(Blocks blocks, long at, long sectionEnd) throws IOException, MalformedFileException {
        int version = (int) blocks.number(at + 4, 2, true);
        int method = (int) blocks.number(at + 6, 2, true);
        if (version < 1 || version > 3) {
            throw new MalformedFileException(at + 4, "the compressed bundle has the unknown version " + version);
        }
        if (method > 1) {
            throw new MalformedFileException(
                    at + 6,
                    "the bundle is compressed by the unknown method %d; 0 is zlib, 1 is zstd".formatted(method));
        }
        int width = version == 3 ? 8 : 4;
        long unpackedAt = version == 1 ? at + 8 : at + 8 + width;
        long data = unpackedAt + width + 8;
        long unpacked = blocks.number(unpackedAt, width, true);
        long end = version == 1 ? sectionEnd : at + blocks.number(at + 8, width, true);
        if (end <= data || end > sectionEnd) {
            throw new MalformedFileException(
                    at + 8, "the compressed bundle does not end within its section: it is cut off or damaged");
        }
        if (unpacked < 0 || (unpacked > HARMLESS && unpacked / HIGHEST_RATIO > end - data)) {
            throw new MalformedFileException(
                    unpackedAt,
                    "the bundle of %d bytes claims to unpack to %s"
                            .formatted(end - data, Long.toUnsignedString(unpacked)));
        }
        boolean zstd = method == 1;
        if (version == 1) end = zstd ? zstdEnd(blocks, data, end) : zlibEnd(blocks, data, end, unpacked);
        return new CompressedBundle(blocks, at, data, end, zstd, unpacked);
    }

    Unpacked unpack() throws IOException, MalformedFileException {
        var packed = blocks.stream(data, end - data);
        if (!zstd) return new Unpacked(new InflaterInputStream(packed));
        try {
            return new Unpacked(new ZstdInputStreamNoFinalizer(packed));
        } catch (LinkageError e) {
            throw new IOException("zstd's native library cannot be loaded into this JVM: " + e.getMessage(), e);
        }
    }

    /** Follows the blocks of a frame without unpacking them (RFC 8878, section 3.1.1). */
    private static long zstdEnd(Blocks blocks, long start, long limit) throws IOException, MalformedFileException {
        if (blocks.number(start, 4, true) != 0xfd2fb528L) {
            throw new MalformedFileException(start, "the compressed bundle does not hold a zstd frame");
        }
        int descriptor = blocks.u8(start + 4);
        boolean single = (descriptor & 0x20) != 0;
        int sizeWidth = new int[] {single ? 1 : 0, 2, 4, 8}[descriptor >> 6];
        int dictionaryWidth = new int[] {0, 1, 2, 4}[descriptor & 3];
        long at = start + 5 + (single ? 0 : 1) + dictionaryWidth + sizeWidth;
        boolean last = false;
        while (!last) {
            int header = (int) blocks.number(at, 3, true);
            last = (header & 1) != 0;
            // A block of type 1 is one byte, repeated.
            at += 3 + ((header >> 1 & 3) == 1 ? 1 : header >> 3);
            if (at > limit) throw new MalformedFileException(start, "the zstd frame does not end within its section");
        }
        return at + ((descriptor & 4) != 0 ? 4 : 0);
    }

    private static long zlibEnd(Blocks blocks, long start, long limit, long unpacked)
            throws IOException, MalformedFileException {
        var inflater = new Inflater();
        try (var stream = new InflaterInputStream(blocks.stream(start, limit - start), inflater, 1 << 16)) {
            var buffer = new byte[1 << 16];
            long total = 0;
            for (int n = stream.read(buffer); n > 0; n = stream.read(buffer)) {
                total += n;
                if (total > unpacked) throw new MalformedFileException(start, "the bundle is larger than it says");
            }
            return start + inflater.getBytesRead();
        } catch (ZipException | EOFException e) {
            throw new MalformedFileException(start, "the compressed data of the bundle are damaged", e);
        } finally {
            inflater.end();
        }
    }

    /** What comes out, from front to back. */
    final class Unpacked implements BundleTable.Content, AutoCloseable {
        private final InputStream stream;
        private long position;

        Unpacked(InputStream stream) {
            this.stream = stream;
        }

        @Override
        public long size() {
            return unpacked;
        }

        @Override
        public byte[] read(long offset, int length) throws IOException, MalformedFileException {
            if (offset < position) throw new MalformedFileException(at, "code objects of a bundle overlap");
            try {
                var skipped = new byte[(int) Math.min(1 << 17, offset - position)];
                while (position < offset) fill(skipped, (int) Math.min(skipped.length, offset - position));
                var bytes = new byte[length];
                fill(bytes, length);
                return bytes;
            } catch (ZstdIOException | ZipException | EOFException e) {
                throw new MalformedFileException(
                        data, "the compressed data of the bundle are damaged: " + e.getMessage(), e);
            }
        }

        private void fill(byte[] into, int length) throws IOException {
            int count = stream.readNBytes(into, 0, length);
            position += count;
            if (count < length) throw new EOFException("they unpack to less than the bundle says");
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
