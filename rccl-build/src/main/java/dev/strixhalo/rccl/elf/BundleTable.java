package dev.strixhalo.rccl.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The table at the start of a bundle (LLVM, "Clang Offload Bundler", "Bundled Binary File Layout"): a magic text, the number of
 * entries, and for each its offset, size and name; all numbers are 64-bit little-endian. What it lists for the host is skipped.
 */
final class BundleTable {
    static final byte[] MAGIC = "__CLANG_OFFLOAD_BUNDLE__".getBytes(StandardCharsets.US_ASCII);

    /** LLVM knows fewer than a hundred processors, each with at most four combinations of features. */
    private static final long MOST_ENTRIES = 4096;

    private static final int LONGEST_ID = 1024;
    private static final int ELF_HEADER = 64;
    private static final int AMDGPU = 224;
    private static final int HSA = 64;

    /** The bytes of a bundle, unpacked; read from front to back only. */
    interface Content {
        /** How many there are at most, in bytes. */
        long size();

        byte[] read(long offset, int length) throws IOException, MalformedFileException;
    }

    private record Entry(long offset, long size, String id) {}

    private final Content content;
    private final long at;
    private final int bundle;
    private final Predicate<String> verified;

    /**
     * @param at     where the bundle begins in the file, for the offset of an error
     * @param bundle its number in the file
     */
    BundleTable(Content content, long at, int bundle, Predicate<String> verified) {
        this.content = content;
        this.at = at;
        this.bundle = bundle;
        this.verified = verified;
    }

    /** Adds the code objects in the order of the table; returns how long the bundle is, unpacked. */
    long read(List<CodeObject> into) throws IOException, MalformedFileException {
        var entries = new ArrayList<Entry>();
        long end = readEntries(entries);
        var objects = new CodeObject[entries.size()];
        var order = new ArrayList<Integer>();
        for (int i = 0; i < objects.length; i++) order.add(i);
        order.sort(Comparator.comparingLong(i -> entries.get(i).offset()));
        for (int i : order) objects[i] = object(entries.get(i));
        for (int i = 0; i < objects.length; i++) {
            if (!entries.get(i).id().startsWith("host-")) into.add(objects[i]);
        }
        return end;
    }

    private long readEntries(List<Entry> entries) throws IOException, MalformedFileException {
        var head = take(0, MAGIC.length + 8);
        if (!ByteBuffer.wrap(MAGIC).equals(head.slice(0, MAGIC.length))) {
            throw new MalformedFileException(at, "the compressed bundle has no table of code objects");
        }
        long count = head.getLong(MAGIC.length);
        if (count < 0 || count > MOST_ENTRIES) {
            throw new MalformedFileException(
                    at, "the bundle has an absurd number of entries: " + Long.toUnsignedString(count));
        }
        long position = MAGIC.length + 8L;
        long end = position;
        for (long i = 0; i < count; i++) {
            var fields = take(position, 24);
            long offset = fields.getLong(0);
            long size = fields.getLong(8);
            long idLength = fields.getLong(16);
            if (idLength < 0 || idLength > LONGEST_ID) {
                throw new MalformedFileException(
                        at, "entry %d has a name of %s bytes".formatted(i, Long.toUnsignedString(idLength)));
            }
            if (offset < 0 || size < 0 || size > content.size() || offset > content.size() - size) {
                throw new MalformedFileException(
                        at, "the code object of entry %d lies beyond the end of its bundle".formatted(i));
            }
            var id = StandardCharsets.UTF_8
                    .decode(take(position + 24, (int) idLength))
                    .toString();
            position += 24 + idLength;
            entries.add(new Entry(offset, size, id));
            end = Math.max(end, Math.max(position, offset + size));
        }
        return end;
    }

    private CodeObject object(Entry entry) throws IOException, MalformedFileException {
        var target = Processors.targetOf(entry.id());
        if (entry.size() == 0 || entry.id().startsWith("host-") || !verified.test(Processors.withoutFeatures(target))) {
            return new CodeObject(bundle, entry.id(), target, entry.size(), CodeObject.Header.NOT_READ, null);
        }
        var header = take(entry.offset(), (int) Math.min(entry.size(), ELF_HEADER));
        boolean isElf = header.remaining() == ELF_HEADER && header.getInt(0) == 0x464c457f;
        long flags = isElf ? header.getInt(48) & 0xffffffffL : 0;
        boolean agrees = isElf
                && header.getShort(18) == AMDGPU
                && header.get(7) == HSA
                && Processors.agree(target, flags, header.get(8));
        return new CodeObject(
                bundle,
                entry.id(),
                target,
                entry.size(),
                agrees ? CodeObject.Header.AGREES : CodeObject.Header.DIFFERS,
                flags);
    }

    private ByteBuffer take(long offset, int length) throws IOException, MalformedFileException {
        if (offset > content.size() - length) {
            throw new MalformedFileException(at, "the bundle ends within its table of code objects");
        }
        return ByteBuffer.wrap(content.read(offset, length)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
