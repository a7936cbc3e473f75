package dev.strixhalo.rccl.source;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A folder of the cache that is there whole or not at all, whoever was killed while making it. */
final class CachedTree {
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
            try (var lock = FileChannel.open(
                            place.resolveSibling(place.getFileName() + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    var held = lock.lock()) {
                if (Files.isDirectory(place) || !held.isValid()) return;
                Folders.remove(part);
                Files.createDirectories(part);
                maker.fill(part);
                Files.move(part, place, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw unwritable(place, e);
        }
    }

    static StrixhaloException unwritable(Path folder, Exception e) {
        return Problem.of("The cache of RCCL's sources cannot be written.")
                .found(folder + ": " + e.getMessage())
                .fix("make room and the folder writable, or choose another one with -Dstrixhalo.cache=FOLDER")
                .asException(e);
    }
}
