package dev.strixhalo.store;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a store, held for moments only: while a blob is moved in, a record written, something pruned. It keeps
 * processes apart by a lock of the operating system (which ends with its process) and threads of this process by a monitor.
 */
final class StoreLock {
    private static final Duration POLL = Duration.ofMillis(10);

    private final Path file;
    private final Duration patience;
    // POSIX locks belong to the process: closing any channel of the file drops them all. So one thread of this JVM at a
    // time may have it open, in whatever class loader (Maven has one per plugin); an interned string is the one monitor
    // that class loaders share.
    private final String monitor;

    /**
     * @param file     the lock file, in a folder whose path is real
     * @param patience how long another process may hold it before we give up
     */
    StoreLock(Path file, Duration patience) {
        this.file = file;
        this.patience = patience;
        this.monitor = ("dev.strixhalo.store.lock:" + file).intern();
    }

    /** What is done under the lock. */
    interface Action<T extends @Nullable Object> {
        T run() throws IOException, StrixhaloException;
    }

    /** @throws StrixhaloException when another process held the lock for longer than our patience, or from the action */
    <T extends @Nullable Object> T whileHeld(Action<T> action) throws IOException, StrixhaloException {
        synchronized (monitor) {
            try (var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var lock = acquire(channel)) {
                if (!lock.isValid()) throw new IOException("the lock of " + file + " was lost");
                return action.run();
            }
        }
    }

    private FileLock acquire(FileChannel channel) throws IOException, StrixhaloException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                var lock = channel.tryLock();
                if (lock != null) return lock;
            } catch (OverlappingFileLockException e) {
                // Someone else in this JVM, with other code than this class: wait for it like for another process.
            }
            if (System.nanoTime() - deadline > 0) {
                throw Problem.of("Another build holds the content store for longer than " + Amount.time(patience) + ".")
                        .found("locked: " + file)
                        .fix("see who it is: fuser -v " + file)
                        .fix("end it, or run this again when it is done")
                        .asException();
            }
            try {
                Thread.sleep(POLL.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Problem.of("Waiting for the content store was interrupted.")
                        .fix("run the goal again")
                        .asException(e);
            }
        }
    }
}
