package dev.strixhalo.rccl.elf;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The section headers of a file, read anew for each question: an object file may have a hundred thousand of them. */
final class SectionTable {
    static final long DYNSYM = 11;
    static final long DYNAMIC = 6;
    static final long VERDEF = 0x6ffffffdL;
    static final long VERNEED = 0x6ffffffeL;
    static final long VERSYM = 0x6fffffffL;

    private static final int LONGEST_NAME = 4096;

    private final ElfNumbers numbers;
    private final long offset;
    private final int entrySize;
    private final long count;
    private final @Nullable Section names;

    /**
     * @param count 0 when the headers were stripped
     * @param namesIndex which section has the names of all; 0 is none
     */
    SectionTable(ElfNumbers numbers, long offset, int entrySize, long count, long namesIndex)
            throws IOException, MalformedFileException {
        this.numbers = numbers;
        this.offset = offset;
        this.entrySize = entrySize;
        this.count = count;
        if (count > 0 && entrySize < (numbers.is64() ? 64 : 40)) {
            throw new MalformedFileException(0, "its section headers have %d bytes each".formatted(entrySize));
        }
        if (count < 0 || count > Integer.MAX_VALUE) {
            throw new MalformedFileException(0, "it has an absurd number of sections: " + Long.toUnsignedString(count));
        }
        numbers.blocks().check(offset, count * entrySize, "the table of sections");
        names = namesIndex > 0 && namesIndex < count ? header(namesIndex, "") : null;
    }

    boolean isEmpty() {
        return count == 0;
    }

    @Nullable
    Section find(String name) throws IOException, MalformedFileException {
        for (long i = 1; i < count; i++) {
            var section = at(i);
            if (section.name().equals(name)) return section;
        }
        return null;
    }

    /** The first section of a type that has bytes in the file. */
    @Nullable
    Section ofType(long type) throws IOException, MalformedFileException {
        for (long i = 1; i < count; i++) {
            if (numbers.u32(offset + i * entrySize + 4) == type) return at(i);
        }
        return null;
    }

    Section at(long index) throws IOException, MalformedFileException {
        if (index < 0 || index >= count) {
            throw new MalformedFileException(offset, "a section refers to section %d of %d".formatted(index, count));
        }
        long nameAt = numbers.u32(offset + index * entrySize);
        var name = names == null || !names.inFile()
                ? ""
                : numbers.blocks().text(names.offset() + nameAt, names.offset() + names.size(), LONGEST_NAME);
        return header(index, name);
    }

    private Section header(long index, String name) throws IOException, MalformedFileException {
        long at = offset + index * entrySize;
        int word = numbers.is64() ? 8 : 4;
        long fields = at + 8 + word;
        var section = new Section(
                name,
                numbers.u32(at + 4),
                numbers.word(fields),
                numbers.word(fields + word),
                numbers.word(fields + 2L * word),
                numbers.u32(fields + 3L * word),
                numbers.u32(fields + 3L * word + 4),
                numbers.word(fields + 4L * word + 8));
        if (section.inFile() && section.type() != 0) {
            numbers.blocks().check(section.offset(), section.size(), "section " + (name.isEmpty() ? "" + index : name));
        }
        return section;
    }
}
