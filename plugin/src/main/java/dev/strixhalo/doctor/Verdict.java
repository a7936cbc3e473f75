package dev.strixhalo.doctor;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a check says of a node; in JSON as {@link #text}. */
public enum Verdict {
    /** As wanted. */
    OK,
    /** It works, but slower or fragile. */
    WARN,
    /** It will not work. */
    FAIL,
    /** It cannot be known here, or does not matter here. */
    SKIP;

    /** {@code ok}, {@code warn}, {@code fail} or {@code skip}. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this one is to be told rather than the other: a skip hides a success, and nothing hides a failure. */
    boolean worseThan(Verdict other) {
        return rank() > other.rank();
    }

    private int rank() {
        return switch (this) {
            case OK -> 0;
            case SKIP -> 1;
            case WARN -> 2;
            case FAIL -> 3;
        };
    }
}
