package dev.strixhalo.rccl.elf;

/**
 * One section of an ELF file (elf(5), {@code ElfN_Shdr}).
 *
 * @param type      {@code sh_type}; {@link #NOBITS} has no bytes in the file
 * @param address   where it is loaded, 0 when it is not
 * @param offset    where its bytes begin in the file
 * @param size      in bytes
 * @param link      {@code sh_link}: for a table of symbols, the section with their names
 * @param info      {@code sh_info}
 * @param entrySize {@code sh_entsize}, in bytes
 */
public record Section(
        String name, long type, long address, long offset, long size, long link, long info, long entrySize) {
    /** {@code SHT_NOBITS}. */
    public static final long NOBITS = 8;

    /** Whether the file has bytes for it; a file with debug information only has headers and nothing behind them. */
    public boolean inFile() {
        return type != NOBITS;
    }
}
