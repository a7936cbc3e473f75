package dev.strixhalo.verify;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is measured; in JSON {@code latency} or {@code bandwidth}. */
public enum Quantity {
    /** The less the better. */
    LATENCY,
    /** The more the better. */
    BANDWIDTH;

    /** {@code latency} or {@code bandwidth}. */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
