package dev.strixhalo.rccl.elf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The dynamic section: what ld.so(8) reads first. Empty for a file that is not dynamically linked. */
final class Dynamic {
    static final long HASH = 4;
    static final long STRTAB = 5;
    static final long SYMTAB = 6;
    static final long STRSZ = 10;
    static final long SYMENT = 11;
    static final long SONAME = 14;
    static final long RPATH = 15;
    static final long RUNPATH = 29;
    static final long GNU_HASH = 0x6ffffef5L;
    static final long VERSYM = 0x6ffffff0L;
    static final long VERDEF = 0x6ffffffcL;
    static final long VERDEFNUM = 0x6ffffffdL;
    static final long VERNEED = 0x6ffffffeL;
    static final long VERNEEDNUM = 0x6fffffffL;
    private static final long NEEDED = 1;

    /** A value and where it stands. */
    record Entry(long value, long at) {}

    private static final int MOST_ENTRIES = 1 << 16;
    private static final int LONGEST_NAME = 1 << 16;

    /** All those that a file wants; a large program of Qt or Chromium comes to some kilobytes. */
    private static final int LONGEST_NAMES = 1 << 20;

    private final ElfNumbers numbers;
    private final Segments segments;
    private final Map<Long, Entry> entries = new LinkedHashMap<>();
    private final List<Entry> needed = new ArrayList<>();

    Dynamic(ElfNumbers numbers, Segments segments, long offset, long size) throws IOException, MalformedFileException {
        this.numbers = numbers;
        this.segments = segments;
        numbers.blocks().check(offset, size, "the dynamic section");
        int entrySize = numbers.is64() ? 16 : 8;
        long count = size / entrySize;
        if (count > MOST_ENTRIES) {
            throw new MalformedFileException(offset, "the dynamic section has %d entries".formatted(count));
        }
        for (long at = offset; at + entrySize <= offset + size; at += entrySize) {
            long tag = numbers.word(at);
            var entry = new Entry(numbers.word(at + entrySize / 2), at);
            if (tag == 0) break;
            if (tag == NEEDED) needed.add(entry);
            // As ld.so does, the last one counts.
            entries.put(tag, entry);
        }
    }

    @Nullable
    Entry get(long tag) {
        return entries.get(tag);
    }

    long value(long tag, long otherwise) {
        var entry = entries.get(tag);
        return entry == null ? otherwise : entry.value();
    }

    /** Where in the file an address of the section leads; null when the section does not name it. */
    @Nullable
    Long offset(long tag) throws MalformedFileException {
        var entry = entries.get(tag);
        return entry == null ? null : segments.offsetOf(entry.value(), entry.at());
    }

    List<String> needed() throws IOException, MalformedFileException {
        var names = new ArrayList<String>();
        int total = 0;
        for (var entry : needed) {
            var name = text(entry);
            // Hostile ones could all be the same long name.
            total += name.length();
            if (total > LONGEST_NAMES) {
                throw new MalformedFileException(entry.at(), "the names of libraries that it wants are absurdly long");
            }
            names.add(name);
        }
        return names;
    }

    @Nullable
    String text(long tag) throws IOException, MalformedFileException {
        var entry = entries.get(tag);
        return entry == null ? null : text(entry);
    }

    private String text(Entry entry) throws IOException, MalformedFileException {
        var strings = offset(STRTAB);
        if (strings == null) throw new MalformedFileException(entry.at(), "a name, but no table of names (DT_STRTAB)");
        long size = value(STRSZ, numbers.blocks().size() - strings);
        if (entry.value() < 0 || entry.value() >= size) {
            throw new MalformedFileException(entry.at(), "a name lies outside the table of names");
        }
        return numbers.blocks().text(strings + entry.value(), strings + size, LONGEST_NAME);
    }
}
