package dev.strixhalo.it.bench;

import java.util.Locale;

/**
 * What we aim at, and how the two figures are compared. Nothing fails for a missed aim: the table says so.
 *
 * @param kind  how the ratio is meant
 * @param limit the aim itself; NaN where none was set
 */
record Aim(Kind kind, double limit) {
    enum Kind {
        /** Rival's figure through ours: the more the better. */
        TIMES_LESS,
        /** Our figure through the rival's: the less the better. */
        TIMES_AS_MUCH,
        /** Our figure itself, in its unit; a rival, if any, shows as with {@link #TIMES_LESS}. */
        ABSOLUTE
    }

    /** Compared only. */
    static Aim none() {
        return new Aim(Kind.TIMES_LESS, Double.NaN);
    }

    /** The rival's figure is at least so many times ours. */
    static Aim timesLess(double limit) {
        return new Aim(Kind.TIMES_LESS, limit);
    }

    /** Our figure is at most so many times the rival's. */
    static Aim atMostTimes(double limit) {
        return new Aim(Kind.TIMES_AS_MUCH, limit);
    }

    /** Our figure is at most this, in its unit. */
    static Aim atMost(double limit) {
        return new Aim(Kind.ABSOLUTE, limit);
    }

    /** How our figure and the rival's compare: {@code 52x less}, {@code 1.04x}; empty where nothing can be divided. */
    String ratio(double ours, double rival) {
        if (Double.isNaN(rival)) return "";
        if (kind == Kind.TIMES_AS_MUCH) return rival == 0 ? "" : String.format(Locale.ROOT, "%.2fx", ours / rival);
        if (ours == 0) return rival == 0 ? "" : "all less";
        if (rival == 0) return "all more";
        return ours <= rival ? times(rival / ours) + " less" : times(ours / rival) + " more";
    }

    private static String times(double factor) {
        return String.format(Locale.ROOT, factor < 9.95 ? "%.2fx" : "%.0fx", factor);
    }

    /** The aim and whether it was met: {@code ≥ 20x less: met}; empty without an aim. */
    String verdict(Unit unit, double ours, double rival) {
        if (Double.isNaN(limit)) return "";
        var wanted = switch (kind) {
            case TIMES_LESS -> String.format(Locale.ROOT, "≥ %.0fx less", limit);
            case TIMES_AS_MUCH -> String.format(Locale.ROOT, "≤ %.2fx", limit);
            case ABSOLUTE -> "≤ " + unit.text(limit);
        };
        boolean met = switch (kind) {
            // Multiplied and not divided: nought is a figure, too.
            case TIMES_LESS -> rival >= limit * ours;
            case TIMES_AS_MUCH -> ours <= limit * rival;
            case ABSOLUTE -> ours <= limit;
        };
        return wanted + (met ? ": met" : ": MISSED");
    }
}
