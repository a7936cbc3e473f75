package dev.strixhalo.prepare;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a change needs before it holds; in JSON as {@link #text}. */
public enum Afterwards {
    /** Groups and limits belong to a login; ours is made anew. */
    NEW_LOGIN("a new login"),
    /** A lingering user manager keeps the limits and groups that it was started with. */
    USER_MANAGER("a restart of the user's manager"),
    /** The kernel reads it when it starts. */
    REBOOT("a reboot");

    private final String words;

    Afterwards(String words) {
        this.words = words;
    }

    /** For a sentence. */
    public String words() {
        return words;
    }

    /** {@code new-login}, {@code user-manager}, {@code reboot}. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
