package dev.strixhalo.it.bed;

import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;

/**
 * A small HIP library in RCCL's place: a source tree of RCCL 5.4.3's shape that compiles in seconds and fails in RCCL's way,
 * and what the real hipcc made of it. Every function but {@code ncclGetVersion} (21304) answers ncclSystemError.
 *
 * @param source  the tree; for gfx1151 it wants {@code patch}
 * @param patch   a unified diff, to be applied with one component stripped
 * @param stock   as the base image has it: for gfx1100 only
 * @param patched for gfx1151
 * @param lacking for gfx1151, without {@link #LACKING}
 */
public record SmallRccl(Path source, Path patch, Build stock, Build patched, Build lacking) {
    /** A function that the bed's torch wants. */
    public static final String LACKING = "ncclCommAbort";

    /** Where the base image has the stock library as a regular file; the first is behind two links. */
    public static final Path BEHIND_LINKS = Path.of("/opt/rocm/lib/librccl.so.1.0");

    /** The other place, whose library {@code import torch} maps. */
    public static final Path OF_TORCH =
            Path.of("/opt/venv/lib/python3.11/site-packages/_rocm_sdk_libraries/lib/librccl.so.1");

    /**
     * One result of compiling.
     *
     * @param library {@code librccl.so.1.0}
     * @param include folder with {@code rccl/rccl.h}
     */
    public record Build(Path library, Path include) {}

    /** The tree alone, compiled by nobody yet; with {@code gfx1151.patch} in it. */
    public static Path sources(Path cache) throws StrixhaloException {
        return ImageScripts.of(cache).path("small-rccl");
    }

    static SmallRccl of(Path source, Path builds) {
        return new SmallRccl(
                source,
                source.resolve("gfx1151.patch"),
                build(builds.resolve("stock")),
                build(builds.resolve("patched")),
                build(builds.resolve("lacking")));
    }

    private static Build build(Path folder) {
        return new Build(folder.resolve("librccl.so.1.0"), folder.resolve("include"));
    }
}
