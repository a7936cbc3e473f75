package dev.strixhalo.rccl.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Bundles of code objects, one after another with zeros between them (LLVM, {@code clang-offload-bundler}): plain ones, and
 * compressed ones, {@link CompressedBundle}.
 */
final class Bundles {
    private static final byte[] PLAIN = BundleTable.MAGIC;

    /** A linked library has one for each source file: hundreds in RCCL, thousands in MIOpen. */
    private static final int MOST_OBJECTS = 200_000;

    /** Names of all of them; one is about 40 long, and compressed they cost next to nothing. */
    private static final long LONGEST_NAMES = 40L * MOST_OBJECTS;

    /** Bundles begin on a page; no page is larger than this. */
    private static final long MOST_PADDING = 1 << 21;

    private final Blocks blocks;
    private final Predicate<String> verified;
    private int count;
    private long namesLength;

    Bundles(Blocks blocks, Predicate<String> verified) {
        this.blocks = blocks;
        this.verified = verified;
    }

    /** All code objects from here to there; an empty list when the range has nothing but zeros. */
    List<CodeObject> read(long start, long end) throws IOException, MalformedFileException {
        var objects = new ArrayList<CodeObject>();
        long at = start;
        while (at < end) {
            long zeros = blocks.zeros(at, Math.min(end, at + MOST_PADDING));
            at += zeros;
            if (at >= end) break;
            if (!startsAt(at, end)) {
                // A library whose code was split off, or a section of an unknown kind, is not worth a scan of all of
                // it.
                if (zeros == MOST_PADDING) break;
                throw new MalformedFileException(at, "no bundle of GPU code begins where one should");
            }
            at = readOne(at, end, objects);
        }
        return objects;
    }

    /** Whether a bundle begins here. */
    boolean startsAt(long at, long end) throws IOException, MalformedFileException {
        int first = at < end ? blocks.u8(at) : 0;
        return (first == PLAIN[0] && matches(at, end, PLAIN))
                || (first == CompressedBundle.MAGIC[0] && matches(at, end, CompressedBundle.MAGIC));
    }

    /** Reads the bundle that begins here and returns where it ends. */
    long readOne(long at, long end, List<CodeObject> into) throws IOException, MalformedFileException {
        long next;
        int known = into.size();
        if (matches(at, end, PLAIN)) {
            next = at + new BundleTable(new Plain(at, end - at), at, count, verified).read(into);
        } else {
            var bundle = CompressedBundle.read(blocks, at, end);
            try (var content = bundle.unpack()) {
                new BundleTable(content, at, count, verified).read(into);
            }
            next = bundle.end();
        }
        count++;
        for (var object : into.subList(known, into.size()))
            namesLength += object.id().length();
        if (into.size() > MOST_OBJECTS || namesLength > LONGEST_NAMES) {
            throw new MalformedFileException(at, "it has an absurd number of code objects, or names of them");
        }
        return next;
    }

    private boolean matches(long at, long end, byte[] magic) throws IOException, MalformedFileException {
        return end - at >= magic.length && Arrays.equals(magic, blocks.bytes(at, magic.length, "a bundle"));
    }

    /** A bundle as it lies in the file. */
    private final class Plain implements BundleTable.Content {
        private final long start;
        private final long size;

        Plain(long start, long size) {
            this.start = start;
            this.size = size;
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public byte[] read(long offset, int length) throws IOException, MalformedFileException {
            return blocks.bytes(start + offset, length, "a bundle of GPU code");
        }
    }
}
