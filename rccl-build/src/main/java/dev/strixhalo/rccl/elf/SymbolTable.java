package dev.strixhalo.rccl.elf;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The dynamic symbols: found by the section headers, or, when those were stripped, by the dynamic section. */
final class SymbolTable {
    /**
     * How many are taken at a time and sorted by where their names are. A linker puts symbols in the order of a hash table and
     * names in another; read in the order of the symbols, libtorch's 50 MB of names would be fetched thousands of times.
     */
    private static final int BATCH = 1 << 18;

    /** The longest names of C++ have some ten thousand characters. */
    private static final int LONGEST_NAME = 1 << 20;

    /** Where everything is. */
    private record Place(long symbols, long count, long entrySize, long strings, long stringsSize) {}

    private final ElfNumbers numbers;
    private final Place place;
    private final @Nullable Long versionNumbers;
    private final Versions versions;

    private SymbolTable(ElfNumbers numbers, Place place, @Nullable Long versionNumbers, Versions versions)
            throws MalformedFileException {
        this.numbers = numbers;
        this.place = place;
        this.versionNumbers = versionNumbers;
        this.versions = versions;
        if (place.entrySize() < (numbers.is64() ? 24 : 16)) {
            throw new MalformedFileException(place.symbols(), "symbols of %d bytes".formatted(place.entrySize()));
        }
        var blocks = numbers.blocks();
        if (place.count() < 0 || place.count() > blocks.size() / place.entrySize()) {
            throw new MalformedFileException(
                    place.symbols(), "more symbols than the file has room for: " + place.count());
        }
        blocks.check(place.symbols(), place.count() * place.entrySize(), "the table of dynamic symbols");
        blocks.check(place.strings(), place.stringsSize(), "the table of names");
        if (versionNumbers != null) blocks.check(versionNumbers, 2 * place.count(), "the table of version numbers");
    }

    /** The table, or null when the file has none. */
    static @Nullable SymbolTable find(ElfNumbers numbers, SectionTable sections, @Nullable Dynamic dynamic)
            throws IOException, MalformedFileException {
        if (!sections.isEmpty()) return bySections(numbers, sections);
        return dynamic == null ? null : byDynamic(numbers, dynamic);
    }

    private static @Nullable SymbolTable bySections(ElfNumbers numbers, SectionTable sections)
            throws IOException, MalformedFileException {
        var symbols = sections.ofType(SectionTable.DYNSYM);
        if (symbols == null) return null;
        var strings = sections.at(symbols.link());
        if (!strings.inFile()) throw new MalformedFileException(symbols.offset(), "symbols without a table of names");
        long entrySize = symbols.entrySize();
        var place = new Place(
                symbols.offset(),
                entrySize <= 0 ? 0 : symbols.size() / entrySize,
                entrySize,
                strings.offset(),
                strings.size());
        var versions = new Versions(numbers, strings.offset(), strings.offset() + strings.size());
        var definitions = sections.ofType(SectionTable.VERDEF);
        if (definitions != null) versions.readDefinitions(definitions.offset(), definitions.info());
        var needs = sections.ofType(SectionTable.VERNEED);
        if (needs != null) versions.readNeeds(needs.offset(), needs.info());
        var versionNumbers = sections.ofType(SectionTable.VERSYM);
        return new SymbolTable(numbers, place, versionNumbers == null ? null : versionNumbers.offset(), versions);
    }

    private static @Nullable SymbolTable byDynamic(ElfNumbers numbers, Dynamic dynamic)
            throws IOException, MalformedFileException {
        var symbols = dynamic.offset(Dynamic.SYMTAB);
        var strings = dynamic.offset(Dynamic.STRTAB);
        if (symbols == null || strings == null) return null;
        long entrySize = dynamic.value(Dynamic.SYMENT, numbers.is64() ? 24 : 16);
        long stringsSize = dynamic.value(Dynamic.STRSZ, numbers.blocks().size() - strings);
        numbers.blocks().check(strings, stringsSize, "the table of names");
        long count = SymbolCount.read(numbers, dynamic, symbols);
        var place = new Place(symbols, count, entrySize, strings, stringsSize);
        var versions = new Versions(numbers, strings, strings + stringsSize);
        var definitions = dynamic.offset(Dynamic.VERDEF);
        if (definitions != null) versions.readDefinitions(definitions, dynamic.value(Dynamic.VERDEFNUM, 0));
        var needs = dynamic.offset(Dynamic.VERNEED);
        if (needs != null) versions.readNeeds(needs, dynamic.value(Dynamic.VERNEEDNUM, 0));
        return new SymbolTable(numbers, place, dynamic.offset(Dynamic.VERSYM), versions);
    }

    /** Hands on every symbol but the empty first one. */
    void visit(Symbol.Visitor visitor) throws IOException, MalformedFileException {
        // Hostile symbols could all share one long name; real ones share the ends of names now and then.
        long budget = 16 * place.stringsSize() + (1 << 20);
        var names = new long[(int) Math.min(BATCH, place.count())];
        var rest = new long[names.length];
        for (long first = 1; first < place.count(); first += BATCH) {
            int batch = (int) Math.min(BATCH, place.count() - first);
            for (int i = 0; i < batch; i++) read(first + i, i, names, rest);
            Arrays.sort(names, 0, batch);
            for (int k = 0; k < batch; k++) {
                long offset = names[k] >>> 32;
                var name = offset == 0
                        ? ""
                        : numbers.blocks()
                                .text(place.strings() + offset, place.strings() + place.stringsSize(), LONGEST_NAME);
                budget -= name.length();
                if (budget < 0) {
                    throw new MalformedFileException(place.strings() + offset, "too many symbols share long names");
                }
                visitor.symbol(symbol(name, rest[(int) names[k]]));
            }
        }
    }

    private void read(long index, int slot, long[] names, long[] rest) throws IOException, MalformedFileException {
        long at = place.symbols() + index * place.entrySize();
        long name = numbers.u32(at);
        if (name > 0 && name >= place.stringsSize()) {
            throw new MalformedFileException(at, "the name of symbol %d lies outside the table".formatted(index));
        }
        long fields = at + (numbers.is64() ? 4 : 12);
        int info = numbers.blocks().u8(fields);
        int other = numbers.blocks().u8(fields + 1);
        int section = numbers.u16(fields + 2);
        int version = versionNumbers == null ? 0 : numbers.u16(versionNumbers + 2 * index);
        names[slot] = name << 32 | slot;
        rest[slot] = (long) version << 32 | (long) section << 16 | other << 8 | info;
    }

    private Symbol symbol(String name, long fields) {
        int info = (int) fields & 0xff;
        int number = (int) (fields >>> 32) & 0xffff;
        int index = number & 0x7fff;
        boolean defined = (fields >>> 16 & 0xffff) != 0;
        boolean hidden = (number & 0x8000) != 0;
        return new Symbol(
                name,
                versions.of(index, defined),
                defined && !hidden && versions.isDefined(index),
                Symbol.Binding.of(info >> 4),
                Symbol.Type.of(info & 15),
                Symbol.Visibility.of((int) (fields >>> 8) & 0xff),
                defined);
    }
}
