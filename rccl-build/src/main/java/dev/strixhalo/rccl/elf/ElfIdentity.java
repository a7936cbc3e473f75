package dev.strixhalo.rccl.elf;

/**
 * What the first bytes of an ELF file say about it (elf(5), {@code ElfN_Ehdr}).
 *
 * @param bits         32 or 64
 * @param littleEndian order of the bytes in numbers
 * @param machine      {@code e_machine}: 62 is x86-64, 183 AArch64, 224 AMDGPU
 * @param type         {@code e_type}: 2 is an executable, 3 a shared object
 * @param osAbi        {@code EI_OSABI}: 0 is System V, 3 GNU, 64 AMDGPU for HSA
 * @param abiVersion   {@code EI_ABIVERSION}
 * @param flags        {@code e_flags}; on AMDGPU the GPU that it is for
 */
public record ElfIdentity(
        int bits, boolean littleEndian, int machine, int type, int osAbi, int abiVersion, long flags) {
    public ElfIdentity {
        if (bits != 32 && bits != 64) throw new IllegalArgumentException("an ELF file of " + bits + " bits");
        if (flags < 0 || flags > 0xffffffffL) throw new IllegalArgumentException("e_flags has 32 bits: " + flags);
    }

    /** A shared object for 64-bit x86: what a process on a Strix Halo can load. */
    public boolean x86Library() {
        return bits == 64 && littleEndian && machine == 62 && type == 3;
    }

    /** In words, for example {@code ELF64 x86-64 shared object}. */
    public String inWords() {
        return "ELF%d %s %s".formatted(bits, machineName(), typeName());
    }

    private String machineName() {
        return switch (machine) {
            case 3 -> "i386";
            case 21 -> "ppc64";
            case 22 -> "s390";
            case 40 -> "ARM";
            case 62 -> "x86-64";
            case 183 -> "AArch64";
            case 224 -> "AMDGPU";
            case 243 -> "RISC-V";
            default -> "machine " + machine;
        };
    }

    private String typeName() {
        return switch (type) {
            case 1 -> "object file";
            case 2 -> "executable";
            case 3 -> "shared object";
            case 4 -> "core dump";
            default -> "file of type " + type;
        };
    }
}
