package dev.strixhalo.rccl.elf;

import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An ELF file that is open for looking at (elf(5)). It needs some megabytes of memory, however large the file is. When the
 * section headers were stripped it finds its way by the program headers, as ld.so(8) does.
 *
 * <p>Every method may find the file damaged; that is a {@link MalformedFileException} with the offset. Not for use by several
 * threads at once.
 */
public final class ElfFile implements AutoCloseable {
    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};

    private final FileTree files;
    private final String path;
    private final FileTree.Bytes bytes;
    private final Blocks blocks;
    private final ElfNumbers numbers;
    private final ElfIdentity identity;
    private final SectionTable sections;
    private final Segments segments;
    private final @Nullable Dynamic dynamic;

    private ElfFile(FileTree files, String path, FileTree.Bytes bytes) throws IOException, MalformedFileException {
        this.files = files;
        this.path = path;
        this.bytes = bytes;
        blocks = new Blocks(bytes);
        checkMagic();
        numbers = new ElfNumbers(blocks, choice(4, "class") == 2, choice(5, "order of bytes") == 1);
        int word = numbers.is64() ? 8 : 4;
        long flagsAt = 24 + 3L * word;
        identity = new ElfIdentity(
                numbers.is64() ? 64 : 32,
                numbers.littleEndian(),
                numbers.u16(18),
                numbers.u16(16),
                blocks.u8(7),
                blocks.u8(8),
                numbers.u32(flagsAt));
        long programHeaders = numbers.word(24 + word);
        long sectionHeaders = numbers.word(24 + 2L * word);
        long sizes = flagsAt + 6;
        int programHeaderSize = numbers.u16(sizes);
        int sectionHeaderSize = numbers.u16(sizes + 4);
        long segmentCount = numbers.u16(sizes + 2);
        long sectionCount = sectionHeaders == 0 ? 0 : numbers.u16(sizes + 6);
        long namesIndex = numbers.u16(sizes + 8);
        if (sectionHeaders != 0) {
            // Numbers that do not fit into 16 bits stand in the otherwise unused first section header.
            long size = sectionHeaders + 8 + 3L * word;
            if (sectionCount == 0) sectionCount = numbers.word(size);
            if (namesIndex == 0xffff) namesIndex = numbers.u32(size + word);
            if (segmentCount == 0xffff) segmentCount = numbers.u32(size + word + 4);
        }
        segments = new Segments(numbers, programHeaders, programHeaderSize, segmentCount);
        sections = new SectionTable(numbers, sectionHeaders, sectionHeaderSize, sectionCount, namesIndex);
        if (sections.isEmpty()) segments.checkComplete(blocks);
        dynamic = findDynamic();
    }

    /**
     * Opens an ELF file.
     *
     * @throws IOException            when it cannot be read
     * @throws MalformedFileException when it is not an ELF file, or its tables are damaged
     */
    public static ElfFile open(FileTree files, String path) throws IOException, MalformedFileException {
        var bytes = files.open(path);
        try {
            return new ElfFile(files, path, bytes);
        } catch (IOException | MalformedFileException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    /** Its size in bytes. */
    public long size() {
        return blocks.size();
    }

    public ElfIdentity identity() {
        return identity;
    }

    /** The name that others are linked against, {@code DT_SONAME}; null when it has none. */
    public @Nullable String soname() throws IOException, MalformedFileException {
        return text(Dynamic.SONAME);
    }

    /** The libraries that it wants, {@code DT_NEEDED}, in the order of the file. */
    public List<String> needed() throws IOException, MalformedFileException {
        return dynamic == null ? List.of() : dynamic.needed();
    }

    /** Where they are looked for, {@code DT_RUNPATH}, with its colons; null when it has none. */
    public @Nullable String runpath() throws IOException, MalformedFileException {
        return text(Dynamic.RUNPATH);
    }

    /** The older form of the same, {@code DT_RPATH}; null when it has none. */
    public @Nullable String rpath() throws IOException, MalformedFileException {
        return text(Dynamic.RPATH);
    }

    /** The first section of this name, or null; null, too, when the section headers were stripped. */
    public @Nullable Section section(String name) throws IOException, MalformedFileException {
        return sections.find(name);
    }

    /** Hands on every dynamic symbol, in no particular order; a file that is linked statically has none. */
    public void symbols(Symbol.Visitor visitor) throws IOException, MalformedFileException {
        var table = SymbolTable.find(numbers, sections, dynamic);
        if (table != null) table.visit(visitor);
    }

    /**
     * The code for GPUs in or beside the file.
     *
     * @param verified the processors, such as {@code gfx1151}, whose code objects are looked into; in a compressed bundle all
     *                 that lies before such an object has to be unpacked (about 1.8 GB in a second), while the list of objects
     *                 costs some kilobytes
     */
    public DeviceCode deviceCode(Predicate<String> verified) throws IOException, MalformedFileException {
        return new DeviceCodeSearch(this, verified).run();
    }

    FileTree files() {
        return files;
    }

    String path() {
        return path;
    }

    Blocks blocks() {
        return blocks;
    }

    SectionTable sections() {
        return sections;
    }

    Segments segments() {
        return segments;
    }

    @Override
    public void close() throws IOException {
        bytes.close();
    }

    private @Nullable String text(long tag) throws IOException, MalformedFileException {
        return dynamic == null ? null : dynamic.text(tag);
    }

    private @Nullable Dynamic findDynamic() throws IOException, MalformedFileException {
        var segment = segments.dynamic();
        if (segment == null) return null;
        if (!sections.isEmpty()) {
            // In a file with debug information only the program header stays, and points at something else.
            var section = sections.ofType(SectionTable.DYNAMIC);
            return section == null ? null : new Dynamic(numbers, segments, section.offset(), section.size());
        }
        return new Dynamic(numbers, segments, segment.offset(), segment.size());
    }

    private void checkMagic() throws IOException, MalformedFileException {
        if (blocks.size() == 0) throw new MalformedFileException(0, "the file is empty");
        var start = blocks.bytes(0, (int) Math.min(8, blocks.size()), "the first bytes");
        for (int i = 0; i < MAGIC.length; i++) {
            if (i < start.length && start[i] == MAGIC[i]) continue;
            throw new MalformedFileException(0, "it is not an ELF file but " + Guess.of(start));
        }
        blocks.check(0, 52, "the ELF header");
        if (blocks.u8(6) != 1) throw new MalformedFileException(6, "it has an unknown version of ELF");
    }

    private int choice(long offset, String what) throws IOException, MalformedFileException {
        int value = blocks.u8(offset);
        if (value == 1 || value == 2) return value;
        throw new MalformedFileException(offset, "it has an unknown %s: %d".formatted(what, value));
    }
}
