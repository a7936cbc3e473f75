package dev.strixhalo.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/**
 * Reads a blob and checks it on the way. The last bytes are handed out only after the digest was found right, so that a
 * reader who stops at the promised length never holds a whole blob that is wrong.
 */
final class VerifiedStream extends InputStream {
    private final FileChannel channel;
    private final Digest expected;
    private final long size;
    private final Damage damage;
    private final MessageDigest sha256 = Digest.sha256();
    private long read;
    private boolean verified;

    /** What to do with a blob that is found to be damaged. */
    interface Damage {
        /** Takes it out of the store and says so in the exception. */
        DamagedBlobException found(String what);
    }

    VerifiedStream(FileChannel channel, Digest expected, Damage damage) throws IOException {
        this.channel = channel;
        this.expected = expected;
        this.damage = damage;
        this.size = channel.size();
        if (size == 0) verify();
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) return 0;
        if (read == size) {
            if (!verified)
                throw new DamagedBlobException(expected, "it was found damaged before", "nothing more was read");
            return -1;
        }
        int wanted = (int) Math.min(length, size - read);
        int got = channel.read(ByteBuffer.wrap(bytes, offset, wanted));
        if (got < 0) throw damage.found("it ends after %d of %d bytes".formatted(read, size));
        sha256.update(bytes, offset, got);
        read += got;
        if (read == size) verify();
        return got;
    }

    private void verify() throws IOException {
        var found = Digest.ofSha256(sha256.digest());
        if (!found.equals(expected)) throw damage.found("its %d bytes have the digest %s".formatted(size, found));
        verified = true;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, size - read);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
