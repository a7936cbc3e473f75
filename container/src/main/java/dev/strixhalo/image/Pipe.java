package dev.strixhalo.image;

import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Joins what writes (Jib) to what reads (the store, an upload) without a file between them. What the writer failed with
 * reaches the reader as the exception that ends its stream: half a blob never looks like a whole one.
 */
final class Pipe implements AutoCloseable {
    private static final long GRACE_MILLIS = 10_000;

    private final PipedInputStream in = new PipedInputStream(256 * 1024);
    private final Thread thread;
    private volatile @Nullable Throwable failed;
    private volatile boolean finished;

    /** What fills the pipe. */
    interface Writer {
        void write(OutputStream out) throws IOException, StrixhaloException;
    }

    private Pipe(String name, Writer writer) throws IOException {
        var out = new PipedOutputStream(in);
        thread = new Thread(
                () -> {
                    try (out) {
                        writer.write(out);
                        finished = true;
                    } catch (Throwable e) {
                        // Told to the reader, who finds the stream at its end without the flag.
                        failed = e;
                    }
                },
                name);
        thread.setDaemon(true);
    }

    static Pipe of(String name, Writer writer) throws IOException {
        var pipe = new Pipe(name, writer);
        pipe.thread.start();
        return pipe;
    }

    /** What the writer writes; its end throws when the writer failed. */
    InputStream in() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int n = in.read(bytes, offset, length);
                if (n >= 0) return n;
                if (finished) return -1;
                ended();
                throw new IOException("the writer failed", failed);
            }
        };
    }

    /** The failure that the user should see: the writer's own, if it was the writer that failed. */
    static StrixhaloException failure(IOException e, Supplier<StrixhaloException> otherwise) {
        for (Throwable t = e; t != null; t = t.getCause()) {
            if (t instanceof StrixhaloException told) return told;
            if (t instanceof Error || t instanceof RuntimeException) throw new IllegalStateException(t);
        }
        return otherwise.get();
    }

    /** Ends the writer, if it still writes: its next byte finds the pipe closed. */
    @Override
    public void close() throws IOException {
        in.close();
        ended();
        if (thread.isAlive()) thread.interrupt();
    }

    private void ended() {
        try {
            thread.join(GRACE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
