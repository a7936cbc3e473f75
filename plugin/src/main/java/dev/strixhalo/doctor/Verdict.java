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
}
