package dev.strixhalo.store;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Passes bytes on, counts them and computes their digest on the way. */
public final class HashingOutputStream extends FilterOutputStream {
    private final MessageDigest sha256 = Digest.sha256();
    private long count;
    private @Nullable Digest digest;

    public HashingOutputStream(OutputStream to) {
        super(to);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (digest != null) throw new IllegalStateException("written to after its digest was taken");
        out.write(bytes, offset, length);
        sha256.update(bytes, offset, length);
        count += length;
    }

    /** Bytes that went through. */
    public long count() {
        return count;
    }

    /** The digest of all that went through; ends the writing. */
    public Digest digest() {
        if (digest == null) digest = Digest.ofSha256(sha256.digest());
        return digest;
    }
}
