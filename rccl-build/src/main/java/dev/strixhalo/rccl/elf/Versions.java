package dev.strixhalo.rccl.elf;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The names of symbol versions, by the numbers that the table of symbols uses (LSB core, chapter 10.7). */
final class Versions {
    /** Numbers have 15 bits. */
    private static final int MOST = 1 << 15;

    private static final int LONGEST_NAME = 4096;

    /** All of a file; glibc and Qt come to some kilobytes. */
    private static final int LONGEST_NAMES = 1 << 20;

    private static final int BASE = 1;

    private final Map<Integer, String> defined = new HashMap<>();
    private final Map<Integer, String> needed = new HashMap<>();
    private final ElfNumbers numbers;
    private final long strings;
    private final long stringsEnd;
    private int total;

    Versions(ElfNumbers numbers, long strings, long stringsEnd) {
        this.numbers = numbers;
        this.strings = strings;
        this.stringsEnd = stringsEnd;
    }

    /** Reads {@code Elfxx_Verdef}: what this file defines. */
    void readDefinitions(long table, long count) throws IOException, MalformedFileException {
        checkCount(table, count);
        long at = table;
        for (long i = 0; i < count; i++) {
            int flags = numbers.u16(at + 2);
            int index = numbers.u16(at + 4) & 0x7fff;
            // The first name is the version's own, the others are those that it follows. The base is the file itself.
            if ((flags & BASE) == 0 && numbers.u16(at + 6) > 0) {
                defined.put(index, name(numbers.u32(at + numbers.u32(at + 12)), at));
            }
            long next = numbers.u32(at + 16);
            if (next == 0) break;
            at += next;
        }
    }

    /** Reads {@code Elfxx_Verneed}: what this file wants from others. */
    void readNeeds(long table, long count) throws IOException, MalformedFileException {
        checkCount(table, count);
        long at = table;
        int seen = 0;
        for (long i = 0; i < count; i++) {
            int names = numbers.u16(at + 2);
            long entry = at + numbers.u32(at + 8);
            for (int k = 0; k < names; k++) {
                if (++seen > MOST) throw new MalformedFileException(entry, "there are more versions than numbers");
                int index = numbers.u16(entry + 6) & 0x7fff;
                needed.put(index, name(numbers.u32(entry + 8), entry));
                long next = numbers.u32(entry + 12);
                if (next == 0) break;
                entry += next;
            }
            long next = numbers.u32(at + 12);
            if (next == 0) break;
            at += next;
        }
    }

    /** The version of a symbol; null for 0 (local), 1 (global without a version), and numbers that nothing explains. */
    @Nullable
    String of(int index, boolean definedHere) {
        var here = defined.get(index);
        var elsewhere = needed.get(index);
        if (definedHere) return here != null ? here : elsewhere;
        return elsewhere != null ? elsewhere : here;
    }

    /** Whether this file defines the version; a copied variable of an executable has one of another file. */
    boolean isDefined(int index) {
        return defined.containsKey(index);
    }

    private void checkCount(long table, long count) throws MalformedFileException {
        if (count < 0 || count > MOST) {
            throw new MalformedFileException(table, "an absurd number of versions: " + Long.toUnsignedString(count));
        }
    }

    private String name(long offset, long at) throws IOException, MalformedFileException {
        if (offset >= stringsEnd - strings) {
            throw new MalformedFileException(at, "the name of a version lies outside the table of names");
        }
        var name = numbers.blocks().text(strings + offset, stringsEnd, LONGEST_NAME);
        // Hostile versions could all share one long name.
        total += name.length();
        if (total > LONGEST_NAMES) throw new MalformedFileException(at, "the names of versions are absurdly long");
        return name;
    }
}
