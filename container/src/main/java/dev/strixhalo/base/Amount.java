package dev.strixhalo.base;

import java.time.Duration;
import java.util.Locale;

/** Sizes and durations as people read them. */
public final class Amount {
    private Amount() {}

    /** Bytes in decimal units with one digit after the point where it tells something: {@code 38 kB}, {@code 5.9 MB}. */
    public static String bytes(long bytes) {
        if (bytes < 1000) return bytes + " B";
        double value = bytes;
        for (var unit : new String[] {"kB", "MB", "GB", "TB"}) {
            value /= 1000;
            if (value < 999.5 || unit.equals("TB")) {
                return (value < 9.95 ? "%.1f %s" : "%.0f %s")
                        .formatted(value, unit)
                        .replace(',', '.');
            }
        }
        throw new AssertionError(bytes);
    }

    /** A time as a clock would show it: {@code 0.6 s}, {@code 31.0 s}, {@code 1:58}, {@code 2:03:09}. */
    public static String time(Duration time) {
        double seconds = time.toMillis() / 1000.0;
        if (seconds < 60) return String.format(Locale.ROOT, "%.1f s", seconds);
        long whole = time.toSeconds();
        return whole < 3600
                ? "%d:%02d".formatted(whole / 60, whole % 60)
                : "%d:%02d:%02d".formatted(whole / 3600, whole / 60 % 60, whole % 60);
    }
}
