package dev.strixhalo.store;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Blobs by digest in a folder, {@code blobs/sha256/<hex>} as in an OCI image layout, and the list of images they belong to.
 *
 * <p>A blob appears whole or not at all: it is written aside, checked, brought to the disk and moved. A process may die at
 * any moment and leave a good store; what it left half done is swept away when the store is next opened. Several builds
 * may use one store at once. Bytes are checked on the way in and, by {@link #open}, on the way out.
 *
 * <p>Thread-safe. To be closed: as long as it is open, nothing that it was told about is pruned by anyone.
 */
public final class ContentStore implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;
    private static final long LARGEST_IN_MEMORY = 64L << 20;

    private final Path folder;
    private final Path blobs;
    private final Path users;
    private final StoredImages images;
    private final StoreLock lock;
    private final Lease lease;
    private final Clock clock;

    private record Marker(String what) {}

    private ContentStore(Path folder, StoreLock lock, Clock clock) throws IOException, StrixhaloException {
        this.folder = folder;
        this.lock = lock;
        this.clock = clock;
        this.blobs = Files.createDirectories(folder.resolve("blobs/sha256"));
        this.users = Files.createDirectories(folder.resolve("users"));
        this.images = new StoredImages(Files.createDirectories(folder.resolve("images")));
        this.lease = lock.whileHeld(() -> {
            var marker =
                    new RecordFile<>(folder.resolve("store.json"), "strixhalo.store", 1, Marker.class, "build-image");
            if (marker.readIfPresent().isEmpty()) marker.write(new Marker("content store of strixhalo-maven-plugin"));
            images.sweep();
            Lease.sweep(users);
            return Lease.take(users, clock.instant());
        });
    }

    /**
     * Opens the store in this folder and makes it if there is none.
     *
     * @throws StrixhaloException when the folder cannot be made or written, belongs to a newer version of the plugin, or
     *     another process holds its lock for more than a minute
     */
    public static ContentStore open(Path folder) throws StrixhaloException {
        return open(folder, Clock.systemUTC());
    }

    /** The same with a clock, by which pruning tells what is old. */
    public static ContentStore open(Path folder, Clock clock) throws StrixhaloException {
        return open(folder, clock, Duration.ofMinutes(1));
    }

    static ContentStore open(Path folder, Clock clock, Duration patience) throws StrixhaloException {
        try {
            var real = Files.createDirectories(folder).toRealPath();
            return new ContentStore(real, new StoreLock(real.resolve("lock"), patience), clock);
        } catch (IOException e) {
            throw unusable("opened", folder, e);
        }
    }

    /** Where the store lies. */
    public Path folder() {
        return folder;
    }

    /** Puts these bytes in. */
    public Digest put(byte[] content) throws StrixhaloException {
        try {
            return put(new ByteArrayInputStream(content), Digest.of(content), content.length);
        } catch (IOException e) {
            throw unusable("written", folder, e);
        }
    }

    /**
     * Reads a blob to the end of the stream, in constant memory, and puts it in if it is what was expected. A blob that is
     * there already is replaced, which heals it if it was damaged. The stream is left open.
     *
     * @param content  the bytes
     * @param expected their digest, or null when nobody knows it before
     * @param size     their number, or −1 when nobody knows it before
     * @return their digest
     * @throws StrixhaloException when they are not what was expected, or the store cannot be written (disk full)
     * @throws IOException        when the stream fails; the store is as before
     */
    public Digest put(InputStream content, @Nullable Digest expected, long size)
            throws IOException, StrixhaloException {
        try (var partial = newPartial()) {
            var buffer = new byte[BUFFER];
            for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
                append(partial, buffer, n);
                if (size >= 0 && partial.size() > size) throw mismatch(expected, size, "more than " + size + " bytes");
            }
            return commit(partial, expected, size);
        }
    }

    /** Whether the store holds this blob; if so, it stays at least until this store is closed. */
    public boolean has(Digest digest) throws StrixhaloException {
        return locked("read", () -> {
            if (!Files.isRegularFile(path(digest))) return false;
            touch(path(digest));
            return true;
        });
    }

    /**
     * The size of a blob in bytes.
     *
     * @throws StrixhaloException when it is not there
     */
    public long size(Digest digest) throws StrixhaloException {
        try {
            return Files.size(path(digest));
        } catch (NoSuchFileException e) {
            throw missing(digest, e);
        } catch (IOException e) {
            throw unusable("read", folder, e);
        }
    }

    /**
     * A blob as a stream that checks it: the last bytes come only if all are right, else reading them throws a
     * {@link DamagedBlobException} and the blob is gone from the store. Skipped or unread parts are not checked.
     *
     * @throws StrixhaloException when it is not there
     */
    public InputStream open(Digest digest) throws StrixhaloException {
        try {
            var channel = FileChannel.open(path(digest), StandardOpenOption.READ);
            var key = fileKey(path(digest));
            return new VerifiedStream(channel, digest, found -> removeDamaged(digest, key, found));
        } catch (NoSuchFileException e) {
            throw missing(digest, e);
        } catch (DamagedBlobException e) {
            throw e.asStrixhaloException();
        } catch (IOException e) {
            throw unusable("read", folder, e);
        }
    }

    /**
     * A blob from some byte on, not checked: for a reader who has the first part already and checks the whole himself.
     *
     * @param offset number of bytes left out at the start; not more than its size
     */
    public InputStream openAt(Digest digest, long offset) throws StrixhaloException {
        try {
            var channel = FileChannel.open(path(digest), StandardOpenOption.READ);
            channel.position(offset);
            return Channels.newInputStream(channel);
        } catch (NoSuchFileException e) {
            throw missing(digest, e);
        } catch (IOException e) {
            throw unusable("read", folder, e);
        }
    }

    /**
     * A small blob (manifest, configuration) as a whole, checked.
     *
     * @throws StrixhaloException when it is not there, damaged, or larger than 64 MiB
     */
    public byte[] bytes(Digest digest) throws StrixhaloException {
        long size = size(digest);
        if (size > LARGEST_IN_MEMORY) {
            throw Problem.of("A blob that should be a manifest or a configuration is too large to be one.")
                    .found("%s has %s, the limit is 64 MiB".formatted(digest, Amount.bytes(size)))
                    .fix("check which layer or image was named")
                    .asException();
        }
        try (var in = open(digest)) {
            return in.readAllBytes();
        } catch (DamagedBlobException e) {
            throw e.asStrixhaloException();
        } catch (IOException e) {
            throw unusable("read", folder, e);
        }
    }

    /** Where a blob lies or would lie; read only, and only while the store is open. */
    public Path path(Digest digest) {
        return blobs.resolve(digest.hex());
    }

    /**
     * Remembers an image, so that pruning knows what its blobs are for. One with the same name and manifest is replaced,
     * but for the time when it was first made and for blobs of it that are still here.
     *
     * @throws StrixhaloException when one of its blobs is not in the store
     */
    public void record(StoredImage image) throws StrixhaloException {
        locked("written", () -> {
            for (var blob : image.blobs()) {
                if (!Files.isRegularFile(path(blob.digest()))) throw missing(blob.digest(), null);
            }
            var whole = image;
            // A deploy may have kept layers of the base that the next build knows nothing of.
            for (var blob : images.find(image).map(StoredImage::blobs).orElse(List.of())) {
                if (Files.isRegularFile(path(blob.digest()))) whole = whole.with(blob);
            }
            images.write(whole);
            return whole;
        });
    }

    /** The images of which the store holds blobs, the one used last first. */
    public List<StoredImage> images() throws StrixhaloException {
        return locked("read", images::all);
    }

    /** Marks an image as used now: it stays for the time that {@link PruneRule#usedWithin} gives. */
    public void use(StoredImage image) throws StrixhaloException {
        record(image.usedAt(clock.instant()));
    }

    /** The size of everything in the store, in bytes; unfinished files of running builds included. */
    public long totalSize() throws StrixhaloException {
        return locked("read", () -> Pruning.sizeOf(folder));
    }

    /**
     * Forgets old images and deletes the blobs that no kept image names. Whatever was put, asked for or used since the one
     * who has had this store open for longest opened it stays, so that no build under way loses anything, this one
     * included.
     *
     * @throws StrixhaloException when a record cannot be understood (nothing is deleted then), or the disk fails
     */
    public Pruned prune(PruneRule rule) throws StrixhaloException {
        return locked("pruned", () -> {
            images.sweep();
            var inUseSince = Lease.sweep(users).orElse(clock.instant()).minus(Lease.CLOCK_GRAIN);
            return new Pruning(folder, blobs, images).run(rule, clock.instant(), inUseSince);
        });
    }

    /** Gives up the claim on what was used here; unfinished files of this store go. */
    @Override
    public void close() throws StrixhaloException {
        locked("closed", () -> {
            lease.close();
            return folder;
        });
    }

    PartialBlob newPartial() throws StrixhaloException {
        try {
            return new PartialBlob(lease.newFile());
        } catch (IOException e) {
            throw unusable("written", folder, e);
        }
    }

    void append(PartialBlob partial, byte[] bytes, int length) throws StrixhaloException {
        try {
            partial.write(bytes, 0, length);
        } catch (IOException e) {
            throw unusable("written", folder, e);
        }
    }

    /** Checks a written blob without moving it in. */
    static Digest check(PartialBlob partial, @Nullable Digest expected, long size) throws StrixhaloException {
        var digest = partial.digest();
        if (size >= 0 && partial.size() != size) throw mismatch(expected, size, partial.size() + " bytes");
        if (expected != null && !digest.equals(expected)) throw mismatch(expected, size, digest.value());
        return digest;
    }

    /** Moves a written blob in, if it is what was expected. */
    Digest commit(PartialBlob partial, @Nullable Digest expected, long size) throws StrixhaloException {
        var digest = check(partial, expected, size);
        try {
            partial.settle();
        } catch (IOException e) {
            throw unusable("written", folder, e);
        }
        return locked("written", () -> {
            touch(partial.file());
            Files.move(partial.file(), path(digest), StandardCopyOption.ATOMIC_MOVE);
            return digest;
        });
    }

    private DamagedBlobException removeDamaged(Digest digest, @Nullable Object key, String found) {
        String removal;
        try {
            removal = locked("healed", () -> {
                // A healthy one may have taken its place since this reader began.
                if (!Files.exists(path(digest)) || !java.util.Objects.equals(key, fileKey(path(digest)))) {
                    return "it was replaced or removed meanwhile";
                }
                Files.delete(path(digest));
                return "it was removed from " + folder;
            });
        } catch (StrixhaloException e) {
            removal = "it could not be removed (%s): delete %s".formatted(e.getMessage(), path(digest));
        }
        return new DamagedBlobException(digest, found, removal);
    }

    private static @Nullable Object fileKey(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private void touch(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
    }

    private <T> T locked(String verb, StoreLock.Action<T> action) throws StrixhaloException {
        try {
            return lock.whileHeld(action);
        } catch (IOException e) {
            throw unusable(verb, folder, e);
        }
    }

    private static StrixhaloException mismatch(@Nullable Digest expected, long size, String found) {
        return Problem.of("A blob is not what it should be.")
                .found("expected %s%s"
                        .formatted(
                                expected == null ? "any digest" : expected.value(),
                                size < 0 ? "" : ", " + size + " bytes"))
                .found("came     " + found)
                .fix("run the goal again; if it stays so, what it comes from is damaged: fetch or build that anew")
                .asException();
    }

    private StrixhaloException missing(Digest digest, @Nullable Throwable cause) {
        var problem = Problem.of("The content store does not hold a blob that is needed.")
                .found(digest + " is not in " + folder)
                .fix("mvn strixhalo:build-image");
        return cause == null ? problem.asException() : problem.asException(cause);
    }

    private static StrixhaloException unusable(String verb, Path folder, IOException e) {
        var why =
                e instanceof AtomicMoveNotSupportedException ? "its parts lie on different file systems" : e.toString();
        return Problem.of("The content store cannot be " + verb + ".")
                .found(folder + ": " + why)
                .fix("make room and the folder writable: df -h '" + folder + "'; ls -ld '" + folder + "'")
                .fix("name another folder with -Dstrixhalo.cache=FOLDER")
                .asException(e);
    }
}
