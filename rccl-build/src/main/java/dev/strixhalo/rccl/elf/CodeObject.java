package dev.strixhalo.rccl.elf;

import org.jspecify.annotations.Nullable;

/**
 * A program for one kind of GPU, as one entry of a bundle names it.
 *
 * @param bundle number of the bundle in the file, from 0
 * @param id     the entry's own name, for example {@code hipv4-amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-}
 * @param target the GPU with its features, for example {@code gfx90a:sramecc+:xnack-}; empty when the id names none
 * @param size   in bytes, unpacked
 * @param header what its own ELF header says to that
 * @param flags  its {@code e_flags}, null when they were not read
 */
public record CodeObject(
        int bundle,
        String id,
        String target,
        long size,
        Header header,
        @Nullable Long flags) {
    /** Whether the ELF header of a code object (machine, OS/ABI and e_flags) says the same as its entry. */
    public enum Header {
        AGREES,
        DIFFERS,
        NOT_READ
    }

    public CodeObject {
        if (bundle < 0) throw new IllegalArgumentException("bundle " + bundle);
        if (size < 0) throw new IllegalArgumentException("a code object of " + size + " bytes");
        if ((header == Header.NOT_READ) != (flags == null)) {
            throw new IllegalArgumentException("flags are there when the header was read, and only then");
        }
    }

    /** The GPU without its features, for example {@code gfx90a}. */
    public String processor() {
        return Processors.withoutFeatures(target);
    }

    /** The GPU that e_flags name, or null when they were not read or name none that is known here. */
    public @Nullable String processorByFlags() {
        return flags == null ? null : Processors.name(flags);
    }
}
