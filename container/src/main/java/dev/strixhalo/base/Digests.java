package dev.strixhalo.base;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, the only digest that we use. */
public final class Digests {
    private Digests() {}

    /** A new SHA-256; every Java platform has one. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("a Java platform without SHA-256", e);
        }
    }

    /** The digest of a text's UTF-8 bytes, 64 hexadecimal digits. */
    public static String sha256(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The digest of a file's bytes, 64 hexadecimal digits.
     *
     * @throws IOException when it cannot be read
     */
    public static String sha256(Path file) throws IOException {
        var digest = sha256();
        update(digest, file);
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Adds a file's bytes to a digest.
     *
     * @throws IOException when it cannot be read
     */
    public static void update(MessageDigest digest, Path file) throws IOException {
        var buffer = new byte[256 * 1024];
        try (var in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) digest.update(buffer, 0, n);
        }
    }
}
