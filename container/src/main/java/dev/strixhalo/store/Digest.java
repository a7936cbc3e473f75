package dev.strixhalo.store;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The name of a content: {@code sha256:} and 64 lower-case hexadecimal digits (OCI image specification 1.1, "Digests").
 * In JSON it is this text.
 *
 * @param value the whole text
 */
public record Digest(@JsonValue String value) implements Comparable<Digest> {
    private static final String PREFIX = "sha256:";
    private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

    /** @throws IllegalArgumentException when the text has another form; texts from outside go through {@link #parse} */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public Digest {
        if (!FORM.matcher(value).matches()) throw new IllegalArgumentException("not a sha256 digest: " + value);
    }

    /**
     * Reads a digest that a user or another program wrote.
     *
     * @throws StrixhaloException when it is not of the form {@code sha256:<64 lower-case hexadecimal digits>}
     */
    public static Digest parse(String text) throws StrixhaloException {
        if (FORM.matcher(text).matches()) return new Digest(text);
        String reason;
        if (!text.startsWith(PREFIX)) {
            reason = text.startsWith("sha512:")
                    ? "it is a sha512 digest; only sha256 is supported"
                    : "it does not begin with sha256:";
        } else if (text.length() != PREFIX.length() + 64) {
            reason = "after sha256: stand %d characters instead of 64".formatted(text.length() - PREFIX.length());
        } else {
            reason = "after sha256: stand other characters than 0-9 and a-f";
        }
        throw Problem.of("This is not a digest: " + reason + ".")
                .found("'" + (text.length() > 200 ? text.substring(0, 200) + "…" : text) + "'")
                .fix("give sha256: and 64 lower-case hexadecimal digits, as podman inspect and the registry print them")
                .asException();
    }

    /** The digest of the content whose SHA-256 in hexadecimal digits is this. */
    public static Digest ofHex(String hex) {
        return new Digest(PREFIX + hex);
    }

    public static Digest of(byte[] content) {
        return ofSha256(sha256().digest(content));
    }

    /** Reads the stream to its end, in constant memory, and leaves it open. */
    public static Digest of(InputStream content) throws IOException {
        var sink = new HashingOutputStream(OutputStream.nullOutputStream());
        content.transferTo(sink);
        return sink.digest();
    }

    static Digest ofSha256(byte[] sha256) {
        return ofHex(HexFormat.of().formatHex(sha256));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** The 64 digits without {@code sha256:}. */
    public String hex() {
        return value.substring(PREFIX.length());
    }

    /** The first seven digits, as names of containers carry them. */
    public String abbreviated() {
        return hex().substring(0, 7);
    }

    @Override
    public int compareTo(Digest other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
