package dev.strixhalo.it.bed;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the bed's virtual machines boot from, made of packages: a disk with plain Debian, and GRUB; and the base image of what
 * is deployed to them.
 *
 * @param folder with {@code disk.raw}, {@code boot.iso} and {@code service}
 */
public record VmDisks(Path folder) {
    /** Three minutes on two idle cores; the rest is for a slow mirror. */
    private static final Duration TIMEOUT = Duration.ofMinutes(20);

    /**
     * Makes what is not there yet, or was made from other scripts; otherwise takes a second.
     *
     * @param cache folder of the user that outlives the bed, with 4 GB of room
     */
    public static VmDisks make(Path cache, Progress progress) throws StrixhaloException {
        ImageScripts.of(cache).run("vm/vm-image", cache, TIMEOUT, progress);
        return in(cache);
    }

    /** Those that {@link #make} has left in a cache. */
    public static VmDisks in(Path cache) {
        return new VmDisks(cache.resolve("vm"));
    }

    /** Debian with the tools of verify, and with a library in RCCL's place; neither torch nor vLLM. */
    public OciLayout service() throws StrixhaloException {
        return OciLayout.read(folder.resolve("service"));
    }
}
