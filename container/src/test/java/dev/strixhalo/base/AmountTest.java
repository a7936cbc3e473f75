package dev.strixhalo.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "999, 999 B",
        "1000, 1.0 kB",
        "5900000, 5.9 MB",
        "38000, 38 kB",
        "9949, 9.9 kB",
        "9960, 10 kB",
        "999499, 999 kB",
        "999600, 1.0 MB",
        "11800000000, 12 GB",
        "9223372036854775807, 9223372 TB",
    })
    void bytesAreReadInDecimalUnits(long bytes, String text) {
        assertThat(Amount.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"600, 0.6 s", "31000, 31.0 s", "60000, 1:00", "118000, 1:58", "7389000, 2:03:09"})
    void timesAreReadAsOnAClock(long millis, String text) {
        assertThat(Amount.time(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @Test
    void theLanguageOfTheMachineChangesNothing() {
        var before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(Amount.bytes(5_900_000)).isEqualTo("5.9 MB");
            assertThat(Amount.time(Duration.ofMillis(600))).isEqualTo("0.6 s");
        } finally {
            Locale.setDefault(before);
        }
    }
}
