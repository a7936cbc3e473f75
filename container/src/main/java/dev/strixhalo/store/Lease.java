package dev.strixhalo.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One open store: a folder for its unfinished files, whose lock the operating system drops when the process dies, however
 * it dies. So leftovers of the dead are told from work of the living, and pruning knows since when somebody relies on what
 * he saw in the store. All static methods are called under the {@link StoreLock}.
 */
final class Lease implements AutoCloseable {
    private static final String LOCK = "lock";
    private static final AtomicLong COUNTER = new AtomicLong();

    private final Path folder;
    private final FileChannel channel;
    private final AtomicLong files = new AtomicLong();

    private Lease(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /** Opens a lease that begins now. */
    static Lease take(Path users, Instant now) throws IOException {
        var folder = users.resolve(ownPrefix() + Long.toHexString(System.nanoTime()) + "-" + COUNTER.incrementAndGet());
        Files.createDirectory(folder);
        var file = folder.resolve(LOCK);
        var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        Files.setLastModifiedTime(file, FileTime.from(now));
        var lock = channel.tryLock();
        if (lock == null) throw new IOException("the fresh file " + file + " is locked by somebody else");
        return new Lease(folder, channel);
    }

    /** A path for a new unfinished file; goes with the lease. */
    Path newFile() {
        return folder.resolve("partial-" + files.incrementAndGet());
    }

    /** Since when the one who opened the store longest ago has had it open; the dead are swept away. */
    static Optional<Instant> sweep(Path users) throws IOException {
        Instant oldest = null;
        try (var folders = Files.newDirectoryStream(users)) {
            for (var folder : folders) {
                var since = livingSince(folder);
                if (since == null) deleteTree(folder);
                else if (oldest == null || since.isBefore(oldest)) oldest = since;
            }
        }
        return Optional.ofNullable(oldest);
    }

    private static @Nullable Instant livingSince(Path folder) throws IOException {
        var file = folder.resolve(LOCK);
        if (!Files.exists(file)) return null; // its owner died between two steps, or a sweep was cut short
        var since = Files.getLastModifiedTime(file).toInstant();
        // Opening and closing a file that this process has locked would drop that lock (POSIX), so it is not tried.
        if (folder.getFileName().toString().startsWith(ownPrefix())) return since;
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return channel.tryLock() == null ? since : null;
        } catch (OverlappingFileLockException e) {
            return since;
        }
    }

    /** The process by its number and its start, since numbers come again. */
    private static String ownPrefix() {
        var self = ProcessHandle.current();
        long start = self.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        return self.pid() + "-" + start + "-";
    }

    /** Gives the lease back with all its unfinished files; called under the {@link StoreLock}. */
    @Override
    public void close() throws IOException {
        channel.close();
        deleteTree(folder);
    }

    /** The lock file goes last: a folder whose deletion was cut short still counts as dead. */
    private static void deleteTree(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.equals(folder.resolve(LOCK))) Files.delete(file);
                return FileVisitResult.CONTINUE;
            }
        });
        Files.deleteIfExists(folder.resolve(LOCK));
        Files.delete(folder);
    }

    /** How much coarser than our clock the times of a file system may be. */
    static final Duration CLOCK_GRAIN = Duration.ofSeconds(2);
}
