package dev.strixhalo.rccl.build;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One build of a kind at a time; the kernel lets go of it when its holder ends, in whatever way. */
final class BuildLock implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofHours(3);
    private static final Duration KNOCK = Duration.ofMillis(500);

    private final FileChannel channel;

    private BuildLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock; says so once when somebody else has it.
     *
     * @throws StrixhaloException when it is not to be had for three hours
     */
    static BuildLock take(Path file, Progress progress) throws StrixhaloException {
        try {
            Files.createDirectories(file.toAbsolutePath().resolveSibling("."));
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            long end = System.nanoTime() + PATIENCE.toNanos();
            boolean said = false;
            while (lock(channel) == null) {
                if (!said) progress.line("wait", "another build of the same library holds " + file);
                said = true;
                if (System.nanoTime() > end) {
                    channel.close();
                    throw Problem.of("Another build of the same library does not end.")
                            .found(file + " is locked for three hours")
                            .fix("see who holds it: fuser " + file)
                            .asException();
                }
                Thread.sleep(KNOCK.toMillis());
            }
            return new BuildLock(channel);
        } catch (IOException e) {
            throw RcclPackage.unwritable(file, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of("The wait for another build was interrupted.")
                    .fix("run the goal again")
                    .asException(e);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            // Another thread of this Maven, in a parallel build.
            return null;
        }
    }

    @Override
    public void close() throws StrixhaloException {
        try {
            channel.close();
        } catch (IOException e) {
            throw Problem.of("A lock cannot be let go of.")
                    .found(e)
                    .fix("run the goal again")
                    .asException(e);
        }
    }
}
