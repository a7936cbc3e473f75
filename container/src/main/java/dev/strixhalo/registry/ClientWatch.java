package dev.strixhalo.registry;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends connections whose other side takes nothing for too long. The JDK's server has a limit for a whole answer only, which
 * would cut a slow but living transfer, and a blocking socket has no time-out for writing; but its channel is closed when
 * the thread that writes is interrupted.
 */
final class ClientWatch implements AutoCloseable {
    private final Duration patience;
    private final Set<Guarded> writing = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "registry watch");
        thread.setDaemon(true);
        return thread;
    });

    ClientWatch(Duration patience) {
        this.patience = patience;
        long every = Math.max(100, patience.toMillis() / 10);
        clock.scheduleWithFixedDelay(() -> writing.forEach(Guarded::check), every, every, TimeUnit.MILLISECONDS);
    }

    /** The same stream; a write that takes longer than our patience fails, and its connection is closed. */
    OutputStream guard(OutputStream out) {
        return new Guarded(out);
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private final class Guarded extends OutputStream {
        private final OutputStream out;
        private @Nullable Thread writer;
        private long since;
        private boolean gaveUp;

        Guarded(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            guarded(() -> out.write(bytes, offset, length));
        }

        @Override
        public void flush() throws IOException {
            guarded(out::flush);
        }

        @Override
        public void close() throws IOException {
            guarded(out::close);
        }

        private void guarded(Write write) throws IOException {
            synchronized (this) {
                writer = Thread.currentThread();
                since = System.nanoTime();
            }
            writing.add(this);
            try {
                write.run();
            } catch (IOException e) {
                if (wasEnded()) throw new IOException("the client took nothing for " + patience.toSeconds() + " s", e);
                throw e;
            } finally {
                writing.remove(this);
                synchronized (this) {
                    writer = null;
                    // An interrupt that came as the write ended must not hit the next request of this thread.
                    if (gaveUp) Thread.interrupted();
                }
            }
        }

        private synchronized boolean wasEnded() {
            return gaveUp;
        }

        private synchronized void check() {
            if (writer == null || System.nanoTime() - since < patience.toNanos()) return;
            gaveUp = true;
            writer.interrupt();
        }
    }

    private interface Write {
        void run() throws IOException;
    }
}
