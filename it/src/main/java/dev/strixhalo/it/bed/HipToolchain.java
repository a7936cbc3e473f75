package dev.strixhalo.it.bed;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A real compiler for HIP, of Debian's packages, and the real source that it can compile for gfx1151: RCCL 5.4.3 (NCCL 2.13.4).
 *
 * @param rootfs  the toolchain unpacked, 1.1 GB; hipcc, cmake, ninja and the rest are in its {@code /usr/bin}
 * @param image   the same as an image, as a user would have one
 * @param tarball RCCL's source as Debian has it; its folder is {@code rccl-rocm-5.4.3}
 * @param cache   the folder that {@link #make} was given
 */
public record HipToolchain(Path rootfs, OciLayout image, Path tarball, Path cache) {
    /** 45 seconds on two idle cores beside a near mirror. */
    private static final Duration TIMEOUT = Duration.ofMinutes(30);

    /** The tarball's SHA-256, checked when it was fetched. */
    public static final String TARBALL_SHA256 = "a2524f602bd7b3b6afeb8ba9aff660216ee807fa836e46442d068b5ed5f51a4d";

    /**
     * Makes what is not there yet, or was made by other scripts; otherwise takes a second. Needs root.
     *
     * @param cache folder of the user that outlives the bed, with 3 GB of room
     */
    public static HipToolchain make(Path cache, Progress progress) throws StrixhaloException {
        ImageScripts.of(cache).run("toolchain", cache, TIMEOUT, progress);
        var folder = cache.resolve("toolchain");
        return new HipToolchain(
                folder.resolve("rootfs"),
                OciLayout.read(folder.resolve("image")),
                folder.resolve("rccl_5.4.3.orig.tar.gz"),
                cache);
    }

    /**
     * A real library that will not do: Debian's librccl 7.2.4, 379 MB, whose compressed device code has nine targets but not
     * gfx1151. Fetched, 369 MB, when it is not there.
     */
    public Path negative(Progress progress) throws StrixhaloException {
        ImageScripts.of(cache).run("negative-rccl", cache, TIMEOUT, progress);
        return cache.resolve("toolchain/negative/librccl.so.1.0");
    }
}
