package dev.strixhalo.rccl.elf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small shared objects for tests; an address is the offset in the file. */
public final class ElfWriter {
    private record Sym(String name, int info, int other, int section, int version) {}

    private record Part(String name, int type, long offset, long size, int link, int info, int entrySize) {}

    private final List<Sym> symbols = new ArrayList<>();
    private final Map<Integer, String> definedVersions = new LinkedHashMap<>();
    private final Map<Integer, String> neededVersions = new LinkedHashMap<>();
    private final List<String> needed = new ArrayList<>();
    private final Map<String, byte[]> extra = new LinkedHashMap<>();
    private final Map<String, Integer> strings = new LinkedHashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private final ByteBuffer out = ByteBuffer.allocate(4 << 20);
    private ByteBuffer names = ByteBuffer.allocate(1 << 20);
    private String soname = "";
    private String runpath = "";
    private boolean is64 = true;
    private boolean bigEndian;
    private boolean stripped;
    private boolean gnuHash = true;
    private int machine = 62;
    private int type = 3;

    public ElfWriter soname(String name) {
        soname = name;
        return this;
    }

    public ElfWriter needed(String... libraries) {
        needed.addAll(List.of(libraries));
        return this;
    }

    public ElfWriter runpath(String path) {
        runpath = path;
        return this;
    }

    public ElfWriter machine(int number) {
        machine = number;
        return this;
    }

    public ElfWriter type(int number) {
        type = number;
        return this;
    }

    public ElfWriter bits32() {
        is64 = false;
        return this;
    }

    public ElfWriter bigEndian() {
        bigEndian = true;
        return this;
    }

    /** Leaves the section headers out. */
    public ElfWriter stripped() {
        stripped = true;
        return this;
    }

    /** The old hash table instead of GNU's. */
    public ElfWriter oldHash() {
        gnuHash = false;
        return this;
    }

    public ElfWriter exports(String name) {
        return symbol(name, 0x12, 0, 1, 1);
    }

    public ElfWriter wants(String name) {
        return symbol(name, 0x12, 0, 0, 0);
    }

    public ElfWriter symbol(String name, int info, int other, int section, int version) {
        symbols.add(new Sym(name, info, other, section, version));
        return this;
    }

    public ElfWriter definesVersion(int index, String name) {
        definedVersions.put(index, name);
        return this;
    }

    public ElfWriter needsVersion(int index, String name) {
        neededVersions.put(index, name);
        return this;
    }

    public ElfWriter section(String name, byte[] bytes) {
        extra.put(name, bytes);
        return this;
    }

    public byte[] bytes() {
        out.order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        names.put((byte) 0);
        symbols.sort((a, b) -> Integer.compare(a.section() == 0 ? 0 : 1, b.section() == 0 ? 0 : 1));
        out.position(1024);
        // All names first, so that their offsets are known.
        string(soname);
        string(runpath);
        needed.forEach(this::string);
        symbols.forEach(s -> string(s.name()));
        definedVersions.values().forEach(this::string);
        neededVersions.values().forEach(this::string);
        string("libc.so.6");
        long dynstr = begin();
        out.put(names.array(), 0, names.position());
        end(".dynstr", 3, dynstr, 0, 0, 0);
        long dynsym = begin();
        writeSymbols();
        end(".dynsym", 11, dynsym, 1, 1, is64 ? 24 : 16);
        long hash = begin();
        writeHash();
        end(gnuHash ? ".gnu.hash" : ".hash", gnuHash ? 0x6ffffff6 : 5, hash, 2, 0, 0);
        long versym = begin();
        out.putShort((short) 0);
        symbols.forEach(s -> out.putShort((short) s.version()));
        end(".gnu.version", 0x6fffffff, versym, 2, 0, 2);
        long verdef = begin();
        writeDefinitions();
        end(".gnu.version_d", 0x6ffffffd, verdef, 1, definedVersions.size(), 0);
        long verneed = begin();
        writeNeeds();
        end(".gnu.version_r", 0x6ffffffe, verneed, 1, neededVersions.isEmpty() ? 0 : 1, 0);
        long dynamic = begin();
        needed.forEach(n -> entry(1, string(n)));
        if (!soname.isEmpty()) entry(14, string(soname));
        if (!runpath.isEmpty()) entry(29, string(runpath));
        entry(5, dynstr);
        entry(10, names.position());
        entry(6, dynsym);
        entry(gnuHash ? 0x6ffffef5L : 4, hash);
        entry(0x6ffffff0L, versym);
        entry(0x6ffffffcL, verdef);
        entry(0x6ffffffdL, definedVersions.size());
        entry(0x6ffffffeL, verneed);
        entry(0x6fffffffL, neededVersions.isEmpty() ? 0 : 1);
        entry(0, 0);
        end(".dynamic", 6, dynamic, 1, 0, is64 ? 16 : 8);
        long dynamicSize = out.position() - dynamic;
        extra.forEach((name, bytes) -> {
            out.position(out.position() + 4095 & ~4095);
            long at = out.position();
            out.put(bytes);
            end(name, 1, at, 0, 0, 0);
        });
        long loaded = out.position();
        long sectionHeaders = stripped ? 0 : writeSections();
        int length = out.position();
        writeHeader(sectionHeaders, stripped ? 0 : parts.size() + 2);
        writeProgramHeader(1, 0, loaded);
        writeProgramHeader(2, dynamic, dynamicSize);
        var bytes = new byte[length];
        System.arraycopy(out.array(), 0, bytes, 0, length);
        return bytes;
    }

    private int string(String text) {
        if (text.isEmpty()) return 0;
        return strings.computeIfAbsent(text, t -> {
            int at = names.position();
            names.put(t.getBytes(StandardCharsets.UTF_8)).put((byte) 0);
            return at;
        });
    }

    private long begin() {
        out.position(out.position() + 7 & ~7);
        return out.position();
    }

    private void end(String name, int sectionType, long from, int link, int info, int entrySize) {
        parts.add(new Part(name, sectionType, from, out.position() - from, link, info, entrySize));
    }

    private void word(long value) {
        if (is64) out.putLong(value);
        else out.putInt((int) value);
    }

    private void entry(long tag, long value) {
        word(tag);
        word(value);
    }

    private void writeSymbols() {
        out.position(out.position() + (is64 ? 24 : 16));
        for (var s : symbols) {
            out.putInt(string(s.name()));
            if (!is64) out.putLong(0);
            out.put((byte) s.info()).put((byte) s.other()).putShort((short) s.section());
            if (is64) out.putLong(0).putLong(0);
        }
    }

    private void writeHash() {
        int undefined = 1 + (int) symbols.stream().filter(s -> s.section() == 0).count();
        int all = 1 + symbols.size();
        if (!gnuHash) {
            out.putInt(1).putInt(all).putInt(0);
            for (int i = 0; i < all; i++) out.putInt(0);
            return;
        }
        out.putInt(1).putInt(undefined).putInt(1).putInt(0);
        word(0);
        out.putInt(undefined == all ? 0 : undefined);
        for (int i = undefined; i < all; i++) out.putInt(i == all - 1 ? 1 : 0);
    }

    private void writeDefinitions() {
        int left = definedVersions.size();
        for (var version : definedVersions.entrySet()) {
            out.putShort((short) 1).putShort((short) 0);
            out.putShort(version.getKey().shortValue()).putShort((short) 1);
            out.putInt(0).putInt(20).putInt(--left == 0 ? 0 : 28);
            out.putInt(string(version.getValue())).putInt(0);
        }
    }

    private void writeNeeds() {
        if (neededVersions.isEmpty()) return;
        int left = neededVersions.size();
        out.putShort((short) 1).putShort((short) left).putInt(string("libc.so.6"));
        out.putInt(16).putInt(0);
        for (var version : neededVersions.entrySet()) {
            out.putInt(0).putShort((short) 0).putShort(version.getKey().shortValue());
            out.putInt(string(version.getValue())).putInt(--left == 0 ? 0 : 16);
        }
    }

    private long writeSections() {
        long namesAt = out.position();
        var offsets = new ArrayList<Integer>();
        out.put((byte) 0);
        for (var part : parts) {
            offsets.add((int) (out.position() - namesAt));
            out.put(part.name().getBytes(StandardCharsets.UTF_8)).put((byte) 0);
        }
        long namesSize = out.position() - namesAt;
        long at = begin();
        sectionHeader(0, new Part("", 0, 0, 0, 0, 0, 0));
        for (int i = 0; i < parts.size(); i++) sectionHeader(offsets.get(i), parts.get(i));
        sectionHeader(0, new Part("", 3, namesAt, namesSize, 0, 0, 0));
        return at;
    }

    private void sectionHeader(int name, Part part) {
        out.putInt(name).putInt(part.type());
        word(0);
        word(part.offset());
        word(part.offset());
        word(part.size());
        out.putInt(part.link()).putInt(part.info());
        word(1);
        word(part.entrySize());
    }

    private void writeHeader(long sectionHeaders, int sectionCount) {
        out.position(0);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) (is64 ? 2 : 1), (byte) (bigEndian ? 2 : 1), 1, 0});
        out.putLong(0);
        out.putShort((short) type).putShort((short) machine).putInt(1);
        word(0);
        word(is64 ? 64 : 52);
        word(sectionHeaders);
        out.putInt(0).putShort((short) (is64 ? 64 : 52)).putShort((short) (is64 ? 56 : 32));
        out.putShort((short) 2).putShort((short) (is64 ? 64 : 40));
        out.putShort((short) sectionCount).putShort((short) Math.max(0, sectionCount - 1));
    }

    private void writeProgramHeader(int segmentType, long offset, long size) {
        out.putInt(segmentType);
        if (is64) out.putInt(4);
        word(offset);
        word(offset);
        word(offset);
        word(size);
        word(size);
        if (!is64) out.putInt(4);
        word(4096);
    }
}
