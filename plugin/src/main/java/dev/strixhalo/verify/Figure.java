package dev.strixhalo.verify;

import java.util.Locale;

/**
 * The worst of both directions, beside what the setup guide measured.
 *
 * @param value    measured
 * @param expected by the guide; 0 where it says nothing
 * @param unit     {@code ms}, {@code us} or {@code Gbit/s}
 */
public record Figure(double value, double expected, String unit) {
    /** Three digits that count, and none that the measurement does not hold. */
    public static String number(double value) {
        if (value >= 100) return String.format(Locale.ROOT, "%.0f", value);
        if (value >= 10) return strip(String.format(Locale.ROOT, "%.1f", value));
        return strip(String.format(Locale.ROOT, value >= 1 ? "%.2f" : "%.3f", value));
    }

    private static String strip(String number) {
        return number.contains(".") ? number.replaceAll("\\.?0+$", "") : number;
    }
}
