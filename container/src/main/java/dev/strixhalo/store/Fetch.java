package dev.strixhalo.store;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One blob of upstream for many readers: the first reader starts its download, all follow the growing file at once, and
 * none needs memory for it. Every reader gets all bytes or an error; the last byte comes only when the digest is right. A
 * failed download is begun anew by the next reader. Thread-safe.
 */
public final class Fetch implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    // When all bytes came, what the kernel still holds of them is written to the disk: minutes on a slow one.
    private static final Duration SETTLING = Duration.ofMinutes(10);
    private static final long STALLED = Long.MIN_VALUE;

    private final ContentStore store;
    private final Digest digest;
    private final long size;
    private final Upstream upstream;
    private final Keep keep;
    private final Duration patience;
    private @Nullable Download download;
    private @Nullable IOException lastFailure;
    private boolean closed;

    /** Where the bytes come from. */
    public interface Upstream {
        /**
         * Writes the whole blob; called on a thread of the fetch, which is interrupted when nobody wants it any more.
         *
         * @throws IOException        when it cannot be had
         * @throws StrixhaloException the same, with what the user can do
         */
        void copyTo(OutputStream out) throws IOException, StrixhaloException;
    }

    /** What becomes of the blob. */
    public enum Keep {
        /** It stays in the store, for other runs too. */
        IN_STORE,
        /** It is on disk until the fetch is closed. */
        WHILE_OPEN
    }

    public Fetch(ContentStore store, Digest digest, long size, Upstream upstream, Keep keep) {
        this(store, digest, size, upstream, keep, PATIENCE);
    }

    /** @param patience how long a reader waits for the next byte of upstream before the download counts as failed */
    Fetch(ContentStore store, Digest digest, long size, Upstream upstream, Keep keep, Duration patience) {
        if (size < 0) throw new IllegalArgumentException("the size must be known before, from the manifest");
        this.store = store;
        this.digest = digest;
        this.size = size;
        this.upstream = upstream;
        this.keep = keep;
        this.patience = patience;
    }

    public Digest digest() {
        return digest;
    }

    /** In bytes, as the manifest says. */
    public long size() {
        return size;
    }

    /** Whether somebody has asked for bytes that the store did not hold. */
    public synchronized boolean started() {
        return download != null || lastFailure != null;
    }

    /** Why the last download failed, if one did: the reader at the other end of a connection cannot tell. */
    public synchronized Optional<IOException> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    /**
     * The blob from some byte on. Starts the download if nobody did yet and the store does not hold the blob.
     *
     * @param offset number of bytes to leave out at the start
     * @throws IOException when the fetch is closed or the disk fails; reading throws when upstream fails, sends something
     *     else than the blob, or sends nothing for two minutes
     */
    public InputStream open(long offset) throws IOException {
        try {
            Download current;
            synchronized (this) {
                if (closed) throw new IOException("the fetch of " + digest + " is closed");
                if (download == null) {
                    if (store.has(digest)) return offset == 0 ? store.open(digest) : store.openAt(digest, offset);
                    download = new Download(store.newPartial());
                    download.start();
                }
                current = download;
            }
            return current.follow(offset);
        } catch (StrixhaloException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Ends a download that is under way; its readers get an error. What is not kept in the store is deleted. */
    @Override
    public void close() throws IOException {
        Download current;
        synchronized (this) {
            closed = true;
            current = download;
            download = null;
        }
        if (current != null) current.discard();
    }

    private synchronized void forget(Download failed, IOException failure) {
        lastFailure = failure;
        if (download == failed) download = null;
    }

    private final class Download extends OutputStream implements Runnable {
        private final PartialBlob partial;
        private final Thread thread = new Thread(this, "fetch " + digest.abbreviated());
        private long published;
        private boolean received;
        private boolean complete;
        private boolean failing;
        private @Nullable IOException failure;

        Download(PartialBlob partial) {
            this.partial = partial;
        }

        void start() {
            thread.setDaemon(true);
            thread.start();
        }

        @Override
        public void run() {
            try {
                upstream.copyTo(this);
                synchronized (this) {
                    received = true;
                    notifyAll();
                }
                if (keep == Keep.IN_STORE) store.commit(partial, digest, size);
                else ContentStore.check(partial, digest, size);
                finish();
            } catch (Exception e) {
                var why = e instanceof RuntimeException ? e.toString() : e.getMessage();
                fail(new IOException("the download of %s failed: %s".formatted(digest, why), e));
            } finally {
                // Only an Error comes here with work undone; the readers must not wait for a thread that is gone.
                fail(new IOException("the download of %s ended without a result".formatted(digest)));
            }
        }

        private synchronized void finish() {
            if (failing) return;
            published = size;
            complete = true;
            notifyAll();
        }

        void fail(IOException cause) {
            synchronized (this) {
                if (complete || failing) return;
                failing = true;
            }
            // Before the readers hear of it: who asks anew then gets a new download, and nothing of this one is left.
            forget(this, cause);
            thread.interrupt();
            try {
                partial.close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
            synchronized (this) {
                failure = cause;
                notifyAll();
            }
        }

        void discard() throws IOException {
            fail(new IOException("the fetch of " + digest + " was closed"));
            if (keep == Keep.WHILE_OPEN) partial.close();
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            synchronized (this) {
                if (failure != null) throw failure;
            }
            if (partial.size() + length > size) {
                throw new IOException(
                        "upstream sends more than the %d bytes that the manifest promises".formatted(size));
            }
            try {
                partial.write(bytes, offset, length);
            } catch (IOException e) {
                throw new IOException("%s cannot be written: %s".formatted(partial.file(), e), e);
            }
            synchronized (this) {
                // The last byte is held back until the digest of the whole is known to be right.
                published = Math.min(partial.size(), size - 1);
                notifyAll();
            }
        }

        InputStream follow(long offset) throws IOException, StrixhaloException {
            try {
                var channel = FileChannel.open(partial.file(), StandardOpenOption.READ);
                channel.position(offset);
                return new Reader(this, channel, offset);
            } catch (NoSuchFileException e) {
                // It has just failed (this throws), or has been moved into the store.
                awaitBeyond(size);
                return store.openAt(digest, offset);
            }
        }

        /** Waits until more than this many bytes are there and says how many; at the end of the blob, its size. */
        long awaitBeyond(long position) throws IOException {
            long there = awaitGrowth(position);
            if (there != STALLED) return there;
            var stall = new IOException("nothing came from upstream for " + Amount.time(patience));
            fail(stall);
            throw stall;
        }

        private synchronized long awaitGrowth(long position) throws IOException {
            long seen = published;
            boolean settling = received;
            long deadline = System.nanoTime() + patience.toNanos();
            while (published <= position && !complete && failure == null) {
                if (published != seen || settling != received) {
                    seen = published;
                    settling = received;
                    deadline = System.nanoTime() + (settling ? SETTLING : patience).toNanos();
                }
                long left = deadline - System.nanoTime();
                if (left <= 0) return STALLED;
                try {
                    wait(left / 1_000_000 + 1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IOException("reading along was interrupted", e);
                }
            }
            if (failure != null) throw new IOException(failure.getMessage(), failure);
            return published;
        }
    }

    /** Follows the file; holds nothing but its place in it. */
    private static final class Reader extends InputStream {
        private final Download download;
        private final FileChannel channel;
        private final InputStream in;
        private long position;

        Reader(Download download, FileChannel channel, long offset) {
            this.download = download;
            this.channel = channel;
            this.in = Channels.newInputStream(channel);
            this.position = offset;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) return 0;
            long there = download.awaitBeyond(position);
            if (there <= position) return -1;
            int got = in.read(bytes, offset, (int) Math.min(length, there - position));
            if (got < 0) throw new IOException("the file of a download became shorter");
            position += got;
            return got;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
