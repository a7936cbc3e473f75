package dev.strixhalo.base;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A value that must not be seen: it prints as stars, is no part of any record on disk and leaves this process on standard
 * input only.
 */
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /**
     * @param name what the secret is, for the message; never the value
     * @throws StrixhaloException when it is empty or holds a line break or another control character: such a value is a
     *     paste gone wrong, and a header or an environment variable would be cut there
     */
    public static Secret of(String name, String value) throws StrixhaloException {
        if (value.isEmpty()) {
            throw Problem.of("The " + name + " is empty.")
                    .fix("set it, or leave the whole setting out")
                    .asException();
        }
        var at = value.chars().filter(Character::isISOControl).findFirst();
        if (at.isPresent()) {
            throw Problem.of("The " + name + " holds a line break or another control character.")
                    .found("%d characters, one of them U+%04X".formatted(value.length(), at.getAsInt()))
                    .fix("store it without the trailing newline, for example with printf '%s' instead of echo")
                    .asException();
        }
        return new Secret(value);
    }

    /** The value itself; to be handed to a stream, never to a message. */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret
                && MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    @Override
    public String toString() {
        return "****";
    }
}
