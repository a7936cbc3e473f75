package dev.strixhalo.rccl.elf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes small shared objects for x86-64, as a linker lays them out; for tests of what reads them. */
public final class ElfWriter {
    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int SECTION_HEADER = 64;

    private record Name(String name, String version, boolean standard, boolean defined) {}

    private final List<Name> symbols = new ArrayList<>();
    private final List<String> needed = new ArrayList<>();
    private final Map<String, byte[]> sections = new LinkedHashMap<>();
    private String soname = "librccl.so.1";
    private String runpath = "";
    private boolean headers = true;

    /** A library that would do for gfx1151: SONAME, HIP 5, two symbols, one code object. */
    public static ElfWriter fit() {
        return new ElfWriter()
                .needs("libamdhip64.so.5", "libc.so.6")
                .exports("ncclAllReduce", "ncclGetVersion")
                .wants("hipMalloc")
                .section(".hip_fatbin", BundleWriter.plain("gfx1151"));
    }

    public ElfWriter soname(String name) {
        soname = name;
        return this;
    }

    public ElfWriter needs(String... libraries) {
        needed.addAll(List.of(libraries));
        return this;
    }

    public ElfWriter runpath(String path) {
        runpath = path;
        return this;
    }

    public ElfWriter exports(String... names) {
        for (var name : names) symbols.add(new Name(name, "", false, true));
        return this;
    }

    public ElfWriter wants(String... names) {
        for (var name : names) symbols.add(new Name(name, "", false, false));
        return this;
    }

    /** A symbol with a version: {@code @@} when a linker takes it by default. */
    ElfWriter exports(String name, String version, boolean standard) {
        symbols.add(new Name(name, version, standard, true));
        return this;
    }

    ElfWriter section(String name, byte[] content) {
        sections.put(name, content);
        return this;
    }

    /** As strip(1) can leave it: program headers only. */
    ElfWriter withoutSectionHeaders() {
        headers = false;
        return this;
    }

    public Path write(Path file) {
        try {
            return Files.write(file, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Text by text with zeros between; what a name's offset is, is asked of it. */
    private static final class Strings {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Map<String, Integer> known = new LinkedHashMap<>();

        Strings() {
            bytes.write(0);
            known.put("", 0);
        }

        int of(String text) {
            return known.computeIfAbsent(text, key -> {
                int at = bytes.size();
                bytes.writeBytes(key.getBytes(StandardCharsets.UTF_8));
                bytes.write(0);
                return at;
            });
        }
    }

    private record Part(String name, int type, long offset, long size, int link, int info, int entry) {}

    byte[] bytes() {
        var strings = new Strings();
        var out = new ByteArrayOutputStream();
        out.writeBytes(new byte[HEADER + 2 * PROGRAM_HEADER]);
        var parts = new ArrayList<Part>();
        parts.add(new Part("", 0, 0, 0, 0, 0, 0));

        var versions = new ArrayList<String>();
        for (var symbol : symbols)
            if (!symbol.version.isEmpty() && !versions.contains(symbol.version)) versions.add(symbol.version);
        var table = little(24 * (symbols.size() + 1));
        var versym = little(2 * (symbols.size() + 1));
        table.position(24);
        versym.position(2);
        for (var symbol : symbols) {
            // STB_GLOBAL, STT_FUNC; section 5 stands for some code.
            table.putInt(strings.of(symbol.name)).put((byte) 0x12).put((byte) 0);
            table.putShort((short) (symbol.defined ? 5 : 0))
                    .putLong(symbol.defined ? 0x1000 : 0)
                    .putLong(0);
            int index = symbol.version.isEmpty() ? 1 : 2 + versions.indexOf(symbol.version);
            versym.putShort((short) (symbol.version.isEmpty() || symbol.standard ? index : index | 0x8000));
        }
        var verdef = little(28 * versions.size());
        for (int i = 0; i < versions.size(); i++) {
            verdef.putShort((short) 1)
                    .putShort((short) 0)
                    .putShort((short) (2 + i))
                    .putShort((short) 1);
            verdef.putInt(0).putInt(20).putInt(i + 1 == versions.size() ? 0 : 28);
            verdef.putInt(strings.of(versions.get(i))).putInt(0);
        }
        int count = symbols.size() + 1;
        var hash = little(4 * (3 + count)).putInt(1).putInt(count);

        long dynsym = add(out, parts, ".dynsym", 11, table.array(), 2, 1, 24);
        needed.forEach(strings::of);
        strings.of(soname);
        strings.of(runpath);
        long dynstr = add(out, parts, ".dynstr", 3, strings.bytes.toByteArray(), 0, 0, 0);
        long versymAt = add(out, parts, ".gnu.version", 0x6fffffff, versym.array(), 1, 0, 2);
        long verdefAt = versions.isEmpty()
                ? 0
                : add(out, parts, ".gnu.version_d", 0x6ffffffd, verdef.array(), 2, versions.size(), 0);
        long hashAt = add(out, parts, ".hash", 5, hash.array(), 1, 0, 4);

        var dynamic = little(16 * 16);
        for (var library : needed) dynamic.putLong(1).putLong(strings.of(library));
        if (!soname.isEmpty()) dynamic.putLong(14).putLong(strings.of(soname));
        if (!runpath.isEmpty()) dynamic.putLong(29).putLong(strings.of(runpath));
        dynamic.putLong(5).putLong(dynstr).putLong(10).putLong(strings.bytes.size());
        dynamic.putLong(6).putLong(dynsym).putLong(11).putLong(24).putLong(4).putLong(hashAt);
        if (!versions.isEmpty()) {
            dynamic.putLong(0x6ffffff0L).putLong(versymAt).putLong(0x6ffffffcL).putLong(verdefAt);
            dynamic.putLong(0x6ffffffdL).putLong(versions.size());
        }
        long dynamicAt = add(out, parts, ".dynamic", 6, dynamic.array(), 2, 0, 16);
        sections.forEach((name, content) -> add(out, parts, name, 1, content, 0, 0, 0));

        long sectionHeaders = 0;
        if (headers) {
            var names = new Strings();
            parts.forEach(part -> names.of(part.name));
            names.of(".shstrtab");
            add(out, parts, ".shstrtab", 3, names.bytes.toByteArray(), 0, 0, 0);
            align(out, 8);
            sectionHeaders = out.size();
            for (var part : parts) {
                out.writeBytes(little(SECTION_HEADER)
                        .putInt(names.of(part.name))
                        .putInt(part.type)
                        .putLong(part.type == 0 ? 0 : 2)
                        .putLong(part.offset)
                        .putLong(part.offset)
                        .putLong(part.size)
                        .putInt(part.link)
                        .putInt(part.info)
                        .putLong(1)
                        .putLong(part.entry)
                        .array());
            }
        }
        var bytes = out.toByteArray();
        var all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        all.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).position(16);
        all.putShort((short) 3)
                .putShort((short) 62)
                .putInt(1)
                .putLong(0)
                .putLong(HEADER)
                .putLong(sectionHeaders);
        all.putInt(0).putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 2);
        all.putShort((short) (headers ? SECTION_HEADER : 0));
        all.putShort((short) (headers ? parts.size() : 0)).putShort((short) (headers ? parts.size() - 1 : 0));
        programHeader(all, 1, 0, bytes.length);
        programHeader(all, 2, dynamicAt, dynamic.capacity());
        return bytes;
    }

    private static void programHeader(ByteBuffer all, int type, long offset, long size) {
        all.putInt(type)
                .putInt(4)
                .putLong(offset)
                .putLong(offset)
                .putLong(offset)
                .putLong(size)
                .putLong(size)
                .putLong(8);
    }

    private static long add(
            ByteArrayOutputStream out,
            List<Part> parts,
            String name,
            int type,
            byte[] content,
            int link,
            int info,
            int entry) {
        align(out, name.equals(".hip_fatbin") ? 4096 : 8);
        long offset = out.size();
        out.writeBytes(content);
        parts.add(new Part(name, type, offset, content.length, link, info, entry));
        return offset;
    }

    private static void align(ByteArrayOutputStream out, int to) {
        while (out.size() % to != 0) out.write(0);
    }

    static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
