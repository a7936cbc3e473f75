package dev.strixhalo.rccl.source;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** A folder of the cache that is there whole or not at all, whoever was killed while making it. */
final class CachedTree {
    private static final Duration KNOCK = Duration.ofMillis(200);

    private CachedTree() {}

    /** Fills a fresh folder. */
    interface Maker {
        void fill(Path fresh) throws StrixhaloException;
    }

    /**
     * Makes the folder unless it is there. Two at once: the second waits for the first.
     *
     * @param place where it shall be; beside it lie a lock and, while it is made, a folder with {@code .part}
     */
    static void make(Path place, Maker maker) throws StrixhaloException {
        if (Files.isDirectory(place)) return;
        var part = place.resolveSibling(place.getFileName() + ".part");
        try {
            Files.createDirectories(place.toAbsolutePath().getParent());
            try (var channel = FileChannel.open(
                            place.resolveSibling(place.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    var held = lock(channel)) {
                if (Files.isDirectory(place) || !held.isValid()) return;
                Folders.remove(part);
                try {
                    Files.createDirectories(part);
                    maker.fill(part);
                    Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
                } finally {
                    Folders.remove(part);
                }
            }
        } catch (IOException e) {
            throw unwritable(place, e);
        }
    }

    private static FileLock lock(FileChannel channel) throws IOException, StrixhaloException {
        while (true) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException e) {
                // Another thread of this Maven, in a parallel build: the kernel's locks are those of processes.
                pause();
            }
        }
    }

    private static void pause() throws StrixhaloException {
        try {
            Thread.sleep(KNOCK.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of("The wait for sources that another build brings was interrupted.")
                    .fix("run the goal again")
                    .asException(e);
        }
    }

    static StrixhaloException unwritable(Path folder, Exception e) {
        return Problem.of("The cache of RCCL's sources cannot be written.")
                .found(folder + ": " + e.getMessage())
                .fix("make room and the folder writable, or choose another one with -Dstrixhalo.cache=FOLDER")
                .asException(e);
    }
}
