package dev.strixhalo.registry;

import dev.strixhalo.registry.RegistryContent.Blob;
import dev.strixhalo.registry.Transfer.Stage;
import dev.strixhalo.store.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;

/** Sends a blob or a part of it, in constant memory, and tells how far it is. */
final class BlobAnswer {
    private static final int BUFFER = 64 * 1024;
    private static final long BETWEEN_NEWS = Duration.ofMillis(200).toNanos();

    private final RegistryListener listener;

    BlobAnswer(RegistryListener listener) {
        this.listener = listener;
    }

    void answer(Exchange exchange, Digest digest, Blob blob) throws IOException {
        exchange.answerHeader("Accept-Ranges", "bytes");
        ByteRange range;
        try {
            range = isSameVersion(exchange, digest) ? ByteRange.parse(exchange.header("Range"), blob.size()) : null;
        } catch (ByteRange.Unsatisfiable e) {
            exchange.answerHeader("Content-Range", "bytes */" + blob.size());
            exchange.answer(RegistryError.RANGE_INVALID);
            return;
        }
        var part = range == null ? new ByteRange(0, blob.size() - 1) : range;
        int status = range == null ? 200 : 206;
        if (range != null) exchange.answerHeader("Content-Range", range.of(blob.size()));
        exchange.answerHeader("Content-Type", "application/octet-stream");
        if (exchange.isHead()) exchange.begin(status, part.length()).close();
        else send(exchange, status, digest, blob, part);
    }

    /** Whether a range may be given: {@code If-Range} names this very content, or is not there. */
    private static boolean isSameVersion(Exchange exchange, Digest digest) {
        var wanted = exchange.header("If-Range");
        return wanted == null || wanted.equals(PullEndpoints.entityTag(digest));
    }

    private void send(Exchange exchange, int status, Digest digest, Blob blob, ByteRange part) throws IOException {
        var buffer = new byte[BUFFER];
        try (var in = open(blob, part)) {
            // The first bytes are waited for before the answer begins: then a source that fails at once is an error
            // that the client can read, and not a broken connection.
            int first = part.length() == 0 ? 0 : read(in, buffer, part.length());
            try (var out = exchange.begin(status, part.length())) {
                copy(new Sending(exchange, digest, blob.size(), part), in, first, out, buffer);
            }
        } catch (SourceFailed e) {
            exchange.failed(String.valueOf(e.getMessage()));
            if (!exchange.hasBegun()) exchange.answer(RegistryError.SOURCE_FAILED);
            else throw e;
        }
    }

    private static InputStream open(Blob blob, ByteRange part) throws SourceFailed {
        try {
            return blob.source().open(part.first());
        } catch (IOException e) {
            throw new SourceFailed(e);
        }
    }

    private record Sending(Exchange exchange, Digest digest, long size, ByteRange part) {}

    private void copy(Sending sending, InputStream in, int first, OutputStream out, byte[] buffer) throws IOException {
        long done = sending.part().first();
        long end = sending.part().last() + 1;
        tell(sending, done, Stage.STARTED);
        boolean finished = false;
        try {
            long told = System.nanoTime();
            for (int n = first; done < end; n = read(in, buffer, end - done)) {
                out.write(buffer, 0, n);
                done += n;
                if (done == end) break;
                if (System.nanoTime() - told > BETWEEN_NEWS) {
                    tell(sending, done, Stage.MOVING);
                    told = System.nanoTime();
                }
            }
            finished = true;
        } finally {
            tell(sending, done, finished ? Stage.FINISHED : Stage.BROKEN);
        }
    }

    private void tell(Sending sending, long done, Stage stage) {
        listener.moved(new Transfer(sending.exchange().user(), sending.digest(), done, sending.size(), stage));
    }

    private static int read(InputStream in, byte[] buffer, long wanted) throws SourceFailed {
        try {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, wanted));
            if (n > 0) return n;
        } catch (IOException e) {
            throw new SourceFailed(e);
        }
        throw new SourceFailed(new IOException("the source of the blob ended %d bytes early".formatted(wanted)));
    }

    /** The bytes cannot be had; the client is not to blame. */
    private static final class SourceFailed extends IOException {
        private static final long serialVersionUID = 1L;

        SourceFailed(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
