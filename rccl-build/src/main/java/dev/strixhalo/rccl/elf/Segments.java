package dev.strixhalo.rccl.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The program headers that matter here: what is loaded from where, and where the dynamic section is. */
final class Segments {
    /** A stretch of the file. */
    record Part(long address, long offset, long size) {}

    private static final int LOAD = 1;
    private static final int DYNAMIC = 2;
    /** Only core dumps have more than a few dozen. */
    private static final long MOST = 1 << 16;

    private final List<Part> loads = new ArrayList<>();
    private final long fileSize;
    private @Nullable Part dynamic;

    Segments(ElfNumbers numbers, long offset, int entrySize, long count) throws IOException, MalformedFileException {
        fileSize = numbers.blocks().size();
        if (count > 0 && entrySize < (numbers.is64() ? 56 : 32)) {
            throw new MalformedFileException(0, "its program headers have %d bytes each".formatted(entrySize));
        }
        if (count < 0 || count > MOST) {
            throw new MalformedFileException(
                    0, "it has an absurd number of program headers: " + Long.toUnsignedString(count));
        }
        numbers.blocks().check(offset, count * entrySize, "the table of program headers");
        for (long i = 0; i < count; i++) {
            long at = offset + i * entrySize;
            long type = numbers.u32(at);
            if (type != LOAD && type != DYNAMIC) continue;
            var part = numbers.is64()
                    ? new Part(numbers.word(at + 16), numbers.word(at + 8), numbers.word(at + 32))
                    : new Part(numbers.word(at + 8), numbers.word(at + 4), numbers.word(at + 16));
            if (type == LOAD) loads.add(part);
            else dynamic = part;
        }
    }

    @Nullable
    Part dynamic() {
        return dynamic;
    }

    /** What is loaded, in the order of the headers. */
    List<Part> loads() {
        return loads;
    }

    /** Fails unless the file has every byte that would be loaded; for files without section headers at their end. */
    void checkComplete(Blocks blocks) throws MalformedFileException {
        for (var load : loads) blocks.check(load.offset(), load.size(), "a loaded segment");
    }

    /**
     * Where in the file an address is.
     *
     * @param namedAt where the address was found, for the sentence when it leads nowhere
     */
    long offsetOf(long address, long namedAt) throws MalformedFileException {
        for (var load : loads) {
            long into = address - load.address();
            if (into < 0 || into >= load.size()) continue;
            long offset = load.offset() + into;
            // Where section headers are, nobody has checked the segments.
            if (offset >= 0 && offset < fileSize) return offset;
        }
        throw new MalformedFileException(
                namedAt, "address 0x%x is in no segment that is loaded from the file".formatted(address));
    }
}
