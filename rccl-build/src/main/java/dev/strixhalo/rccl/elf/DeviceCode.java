package dev.strixhalo.rccl.elf;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The code for GPUs that a library brings.
 *
 * @param kind    where it is
 * @param objects what is inside the file; empty unless it is embedded
 * @param kpack   where it is outside; null unless it is in kpack files
 */
public record DeviceCode(
        Kind kind, List<CodeObject> objects, @Nullable Kpack kpack) {
    /** Where the code is. */
    public enum Kind {
        /** In the section {@code .hip_fatbin} of the file. */
        EMBEDDED,
        /** In one file for each GPU beside it (TheRock's multi-arch packages). */
        KPACK,
        /** There is none. */
        NONE
    }

    public DeviceCode {
        objects = List.copyOf(objects);
        if (kind != Kind.EMBEDDED && !objects.isEmpty()) throw new IllegalArgumentException("objects in " + kind);
        if ((kind == Kind.KPACK) != (kpack != null)) throw new IllegalArgumentException("kpack in " + kind);
    }

    /**
     * Reads a file that is nothing but bundles, as {@code clang-offload-bundler} writes them.
     *
     * @param verified see {@link ElfFile#deviceCode}
     */
    public static DeviceCode ofBundles(FileTree files, String path, Predicate<String> verified)
            throws IOException, MalformedFileException {
        try (var bytes = files.open(path)) {
            var blocks = new Blocks(bytes);
            return new DeviceCode(Kind.EMBEDDED, new Bundles(blocks, verified).read(0, blocks.size()), null);
        }
    }

    static DeviceCode none() {
        return new DeviceCode(Kind.NONE, List.of(), null);
    }

    /** The GPUs that there is code for, with their features, for example {@code gfx90a:xnack-}; sorted. */
    public SortedSet<String> targets() {
        var targets = new TreeSet<String>();
        for (var object : objects) targets.add(object.target());
        if (kpack != null) targets.addAll(kpack.targets());
        return Collections.unmodifiableSortedSet(targets);
    }

    /** Whether a GPU, for example {@code gfx1151}, can run some of it: its own code or that of its generic processor. */
    public boolean reaches(String gpu) {
        return Processors.reach(
                targets().stream().map(Processors::withoutFeatures).toList(), gpu);
    }
}
