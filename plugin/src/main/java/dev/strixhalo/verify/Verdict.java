package dev.strixhalo.verify;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is said of a row; in JSON as {@link #text}. */
public enum Verdict {
    /** Within all limits. */
    OK,
    /** It works, but slower than it should. */
    WARN,
    /** Beyond a limit, or it could not be measured. */
    FAIL,
    /** Not measured, and that is no fault. */
    SKIP;

    /** {@code ok}, {@code warn}, {@code fail} or {@code skip}. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The worse of two; a skip is better than anything that was measured. */
    Verdict or(Verdict other) {
        return rank() >= other.rank() ? this : other;
    }

    private int rank() {
        return switch (this) {
            case SKIP -> 0;
            case OK -> 1;
            case WARN -> 2;
            case FAIL -> 3;
        };
    }
}
