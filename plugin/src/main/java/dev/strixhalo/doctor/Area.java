package dev.strixhalo.doctor;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What part of a node a check is about; the order is that of the screen. In JSON as {@link #text}. */
public enum Area {
    NODE,
    OS,
    MEMORY,
    PACKAGES,
    NIC,
    RDMA,
    ADDRESS,
    LIMITS,
    USER,
    DEVICES,
    CONTAINER,
    DISK,
    LEFTOVERS;

    /** {@code os}, {@code memory} … */
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
