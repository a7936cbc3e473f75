package dev.strixhalo.rccl.elf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes small ELF files as a linker lays them out: one loaded segment, the dynamic section with its tables, sections of one's own.
 * Symbols are given as nm(1) prints them: {@code ncclSend}, {@code ncclSend@@V2} (the default), {@code ncclSend@V1} (an older one);
 * wanted ones as {@code memcpy@GLIBC_2.14}, which come from libc.so.6.
 */
public final class ElfWriter {
    /** How many symbols there are when the section headers are gone. */
    public enum Hash {
        SYSV,
        GNU,
        NONE
    }

    /** Addresses are not offsets. */
    static final long BASE = 0x400000;

    private static final int GLOBAL_FUNCTION = 0x12;
    private static final int GLOBAL_OBJECT = 0x11;
    private static final int WEAK_FUNCTION = 0x22;
    private static final int HIDDEN_VERSION = 0x8000;

    private record Sym(String name, String version, boolean byDefault, int info, int other, boolean defined) {}

    @SuppressWarnings("ArrayRecordComponent")
    private record Part(String name, long type, String link, long info, long entrySize, long offset, byte[] bytes) {}

    private record Tag(long tag, String name) {}

    private final List<Tag> texts = new ArrayList<>();
    private final List<Sym> symbols = new ArrayList<>();
    private final Map<String, byte[]> sections = new LinkedHashMap<>();
    private String soname = "";
    private int bits = 64;
    private boolean littleEndian = true;
    private int machine = 62;
    private int type = 3;
    private boolean sectionHeaders = true;
    private boolean dynamic = true;
    private Hash hash = Hash.GNU;

    private final Map<String, Integer> names = new LinkedHashMap<>();
    private ElfOut strings = ElfOut.little();
    private final List<Part> parts = new ArrayList<>();

    /** A shared object for x86-64. */
    public static ElfWriter library(String soname) {
        var writer = new ElfWriter();
        writer.soname = soname;
        if (!soname.isEmpty()) writer.texts.add(new Tag(Dynamic.SONAME, soname));
        return writer;
    }

    /** What an RCCL that will do has: its name, HIP 7, some functions and code for gfx1151. */
    public static ElfWriter rccl() {
        return library("librccl.so.1")
                .needed("libamdhip64.so.7", "libc.so.6")
                .exports("ncclGetVersion", "ncclSend", "ncclRecv", "ncclAllReduce", "pncclSend", "hidden_helper")
                .wants("hipMalloc", "memcpy@GLIBC_2.14")
                .fatbin(new GpuCode().with("gfx1151", GpuCode.GFX1151).plain());
    }

    public ElfWriter kind(int newBits, boolean newLittleEndian, int newMachine, int newType) {
        bits = newBits;
        littleEndian = newLittleEndian;
        machine = newMachine;
        type = newType;
        return this;
    }

    public ElfWriter needed(String... libraries) {
        for (var library : libraries) texts.add(new Tag(1, library));
        return this;
    }

    public ElfWriter runpath(String path) {
        texts.add(new Tag(Dynamic.RUNPATH, path));
        return this;
    }

    public ElfWriter rpath(String path) {
        texts.add(new Tag(Dynamic.RPATH, path));
        return this;
    }

    public ElfWriter exports(String... specs) {
        for (var spec : specs) symbol(spec, GLOBAL_FUNCTION, 0, true);
        return this;
    }

    public ElfWriter wants(String... specs) {
        for (var spec : specs) symbol(spec, GLOBAL_FUNCTION, 0, false);
        return this;
    }

    ElfWriter wantsWeakly(String spec) {
        return symbol(spec, WEAK_FUNCTION, 0, false);
    }

    /** The symbol that a linker makes for a version itself. */
    ElfWriter exportsVersion(String version) {
        return symbol(version + "@@" + version, GLOBAL_OBJECT, 0, true);
    }

    ElfWriter symbol(String spec, int info, int other, boolean defined) {
        var parts = spec.split("@+", 2);
        symbols.add(new Sym(parts[0], parts.length > 1 ? parts[1] : "", spec.contains("@@"), info, other, defined));
        return this;
    }

    public ElfWriter section(String name, byte[] bytes) {
        sections.put(name, bytes);
        return this;
    }

    public ElfWriter fatbin(byte[] bytes) {
        return section(".hip_fatbin", bytes);
    }

    public ElfWriter withoutSectionHeaders(Hash counting) {
        sectionHeaders = false;
        hash = counting;
        return this;
    }

    /** As a program that is linked statically. */
    ElfWriter withoutDynamic() {
        dynamic = false;
        return this;
    }

    public Path write(Path file) throws IOException {
        return Files.write(file, build());
    }

    public byte[] build() {
        names.clear();
        parts.clear();
        strings = out();
        text("");
        if (dynamic) addDynamicParts();
        sections.forEach((name, bytes) -> add(name, 1, "", 0, 0, 4096, bytes));
        return assemble();
    }

    private void addDynamicParts() {
        var sorted = sorted();
        var versions = versionNumbers(sorted);
        var dynsym = dynsym(sorted);
        var versym = out().u16(0);
        for (var symbol : sorted) {
            int number = symbol.version().isEmpty() ? 1 : versions.getOrDefault(key(symbol), 1);
            versym.u16(
                    symbol.defined() && !symbol.version().isEmpty() && !symbol.byDefault()
                            ? number | HIDDEN_VERSION
                            : number);
        }
        var verdef = verdef(versions);
        var verneed = verneed(versions);
        var values = out();
        for (var tag : texts) values.word(tag.tag()).word(text(tag.name()));
        add(".dynstr", 3, "", 0, 0, 8, strings.toBytes());
        add(".dynsym", SectionTable.DYNSYM, ".dynstr", 1, bits == 64 ? 24 : 16, 8, dynsym);
        values.word(Dynamic.STRTAB).word(address(".dynstr")).word(Dynamic.STRSZ).word(strings.size());
        values.word(Dynamic.SYMTAB)
                .word(address(".dynsym"))
                .word(Dynamic.SYMENT)
                .word(bits == 64 ? 24 : 16);
        if (!versions.isEmpty()) {
            add(".gnu.version", SectionTable.VERSYM, ".dynsym", 0, 2, 8, versym.toBytes());
            values.word(Dynamic.VERSYM).word(address(".gnu.version"));
            long definitions = versions.keySet().stream()
                    .filter(key -> key.startsWith("+"))
                    .count();
            if (definitions > 0) {
                add(".gnu.version_d", SectionTable.VERDEF, ".dynstr", definitions + 1, 0, 8, verdef);
                values.word(Dynamic.VERDEF).word(address(".gnu.version_d"));
                values.word(Dynamic.VERDEFNUM).word(definitions + 1);
            }
            if (definitions < versions.size()) {
                add(".gnu.version_r", SectionTable.VERNEED, ".dynstr", 1, 0, 8, verneed);
                values.word(Dynamic.VERNEED).word(address(".gnu.version_r"));
                values.word(Dynamic.VERNEEDNUM).word(1);
            }
        }
        if (hash == Hash.SYSV) {
            add(".hash", 5, ".dynsym", 0, 4, 8, sysvHash(sorted.size() + 1));
            values.word(Dynamic.HASH).word(address(".hash"));
        } else if (hash == Hash.GNU) {
            add(".gnu.hash", 0x6ffffff6L, ".dynsym", 0, 0, 8, gnuHash(sorted));
            values.word(Dynamic.GNU_HASH).word(address(".gnu.hash"));
        }
        add(
                ".dynamic",
                SectionTable.DYNAMIC,
                ".dynstr",
                0,
                bits / 4,
                8,
                values.word(0).word(0).toBytes());
    }

    /** Undefined ones first; the others in the order of the hash table's buckets. */
    private List<Sym> sorted() {
        long buckets = buckets();
        var order =
                Comparator.comparing(Sym::defined).thenComparing(s -> s.defined() ? gnuHash(s.name()) % buckets : 0);
        return symbols.stream().sorted(order).toList();
    }

    private long buckets() {
        return Math.max(1, symbols.stream().filter(Sym::defined).count() / 4);
    }

    private static String key(Sym symbol) {
        return (symbol.defined() ? "+" : "-") + symbol.version();
    }

    private static Map<String, Integer> versionNumbers(List<Sym> symbols) {
        var numbers = new LinkedHashMap<String, Integer>();
        for (var symbol : symbols) {
            if (!symbol.version().isEmpty()) numbers.putIfAbsent(key(symbol), numbers.size() + 2);
        }
        return numbers;
    }

    private byte[] dynsym(List<Sym> sorted) {
        var table = out().bytes(new byte[bits == 64 ? 24 : 16]);
        for (var symbol : sorted) {
            int section = symbol.defined() ? 1 : 0;
            long value = symbol.defined() ? BASE : 0;
            table.u32(text(symbol.name()));
            if (bits == 64)
                table.u8(symbol.info())
                        .u8(symbol.other())
                        .u16(section)
                        .u64(value)
                        .u64(8);
            else table.u32(value).u32(8).u8(symbol.info()).u8(symbol.other()).u16(section);
        }
        return table.toBytes();
    }

    private byte[] verdef(Map<String, Integer> versions) {
        var table = out();
        var definitions =
                versions.keySet().stream().filter(key -> key.startsWith("+")).toList();
        verdefEntry(table, 1, 1, soname, definitions.isEmpty());
        for (int i = 0; i < definitions.size(); i++) {
            var version = definitions.get(i);
            verdefEntry(table, 0, versions.getOrDefault(version, 0), version.substring(1), i + 1 == definitions.size());
        }
        return table.toBytes();
    }

    private void verdefEntry(ElfOut table, int flags, int number, String name, boolean last) {
        table.u16(1).u16(flags).u16(number).u16(1).u32(0).u32(20).u32(last ? 0 : 28);
        table.u32(text(name)).u32(0);
    }

    private byte[] verneed(Map<String, Integer> versions) {
        var needs =
                versions.keySet().stream().filter(key -> key.startsWith("-")).toList();
        var table =
                out().u16(1).u16(needs.size()).u32(text("libc.so.6")).u32(16).u32(0);
        for (int i = 0; i < needs.size(); i++) {
            var version = needs.get(i);
            table.u32(0).u16(0).u16(versions.getOrDefault(version, 0)).u32(text(version.substring(1)));
            table.u32(i + 1 == needs.size() ? 0 : 16);
        }
        return table.toBytes();
    }

    private byte[] sysvHash(int count) {
        var table = out().u32(1).u32(count).u32(count > 1 ? 1 : 0);
        for (int i = 0; i < count; i++) table.u32(i == 0 || i + 1 == count ? 0 : i + 1);
        return table.toBytes();
    }

    private byte[] gnuHash(List<Sym> sorted) {
        int first = 1 + (int) sorted.stream().filter(s -> !s.defined()).count();
        long buckets = buckets();
        var table = out().u32(buckets).u32(first).u32(1).u32(6).word(-1);
        var chains = out();
        int at = first - 1;
        for (long bucket = 0; bucket < buckets; bucket++) {
            int start = at;
            while (at < sorted.size() && gnuHash(sorted.get(at).name()) % buckets == bucket) at++;
            table.u32(at > start ? start + 1 : 0);
            for (int i = start; i < at; i++) {
                long value = gnuHash(sorted.get(i).name());
                chains.u32(i + 1 == at ? value | 1 : value & ~1L);
            }
        }
        return table.bytes(chains.toBytes()).toBytes();
    }

    private static long gnuHash(String name) {
        long value = 5381;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) value = value * 33 + (b & 0xff) & 0xffffffffL;
        return value;
    }

    private byte[] assemble() {
        var sectionNames = out();
        var nameOffsets = new ArrayList<Integer>();
        sectionNames.u8(0);
        for (var part : parts) nameOffsets.add(name(sectionNames, part.name()));
        int ownName = name(sectionNames, ".shstrtab");

        long end = end();
        long tableAt = sectionHeaders ? align(end + sectionNames.size(), 8) : 0;
        var file = header(tableAt);
        segment(file, 1, 0, end);
        if (dynamic) {
            var part = part(".dynamic");
            segment(file, 2, part.offset(), part.bytes().length);
        }
        for (var part : parts)
            file.bytes(new byte[(int) part.offset() - file.size()]).bytes(part.bytes());
        if (!sectionHeaders) return file.toBytes();
        file.bytes(sectionNames.toBytes()).align(8);
        file.bytes(new byte[bits == 64 ? 64 : 40]);
        for (int i = 0; i < parts.size(); i++) {
            var part = parts.get(i);
            sectionHeader(file, nameOffsets.get(i), part, part.offset() + BASE);
        }
        sectionHeader(file, ownName, new Part(".shstrtab", 3, "", 0, 0, end, sectionNames.toBytes()), 0);
        return file.toBytes();
    }

    private ElfOut header(long sectionsAt) {
        int size = bits == 64 ? 64 : 52;
        var file = out().u8(0x7f)
                .text("ELF")
                .u8(bits / 32)
                .u8(littleEndian ? 1 : 2)
                .u8(1)
                .align(16);
        file.u16(type)
                .u16(machine)
                .u32(1)
                .word(0)
                .word(size)
                .word(sectionsAt)
                .u32(0)
                .u16(size);
        file.u16(bits == 64 ? 56 : 32).u16(dynamic ? 2 : 1).u16(bits == 64 ? 64 : 40);
        return file.u16(sectionHeaders ? parts.size() + 2 : 0).u16(sectionHeaders ? parts.size() + 1 : 0);
    }

    private void segment(ElfOut file, int kind, long offset, long size) {
        long address = BASE + offset;
        file.u32(kind);
        if (bits == 64)
            file.u32(4)
                    .u64(offset)
                    .u64(address)
                    .u64(address)
                    .u64(size)
                    .u64(size)
                    .u64(8);
        else
            file.u32(offset)
                    .u32(address)
                    .u32(address)
                    .u32(size)
                    .u32(size)
                    .u32(4)
                    .u32(4);
    }

    private void sectionHeader(ElfOut file, int name, Part part, long address) {
        int link = 0;
        for (int i = 0; i < parts.size(); i++) if (parts.get(i).name().equals(part.link())) link = i + 1;
        file.u32(name)
                .u32(part.type())
                .word(0)
                .word(address)
                .word(part.offset())
                .word(part.bytes().length);
        file.u32(link).u32(part.info()).word(1).word(part.entrySize());
    }

    private void add(String name, long kind, String link, long info, long entrySize, int alignment, byte[] bytes) {
        parts.add(new Part(name, kind, link, info, entrySize, align(end(), alignment), bytes));
    }

    private long end() {
        if (parts.isEmpty()) return 256;
        var last = parts.get(parts.size() - 1);
        return last.offset() + last.bytes().length;
    }

    private Part part(String name) {
        return parts.stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private long address(String name) {
        return part(name).offset() + BASE;
    }

    private int text(String text) {
        return names.computeIfAbsent(text, added -> name(strings, added));
    }

    private static int name(ElfOut table, String name) {
        int at = table.size();
        table.text(name).u8(0);
        return at;
    }

    private static long align(long offset, int multiple) {
        return (offset + multiple - 1) / multiple * multiple;
    }

    private ElfOut out() {
        return new ElfOut(bits == 64, littleEndian);
    }
}
