package dev.strixhalo.rccl.elf;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where a library's code for GPUs is when it was split off (ROCm's kpack).
 *
 * @param kernel   under which name the kpack files list it
 * @param patterns where they are, relative to the library's real folder, with {@code @GFXARCH@} for the GPU
 * @param targets  the GPUs whose file is there
 */
public record Kpack(String kernel, List<String> patterns, SortedSet<String> targets) {
    public Kpack {
        patterns = List.copyOf(patterns);
        targets = Collections.unmodifiableSortedSet(new TreeSet<>(targets));
    }
}
