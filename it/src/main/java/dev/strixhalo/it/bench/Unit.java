package dev.strixhalo.it.bench;

import dev.strixhalo.base.Amount;
import java.time.Duration;
import java.util.Locale;

/** What a figure counts; figures are plain numbers of it. */
enum Unit {
    SECONDS {
        @Override
        String text(double value) {
            return value < 10
                    ? String.format(Locale.ROOT, "%.2f s", value)
                    : Amount.time(Duration.ofMillis(Math.round(value * 1000)));
        }
    },
    BYTES {
        @Override
        String text(double value) {
            return Amount.bytes(Math.round(value));
        }
    };

    abstract String text(double value);
}
