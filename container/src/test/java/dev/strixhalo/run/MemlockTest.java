package dev.strixhalo.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemlockTest {
    @ParameterizedTest
    @CsvSource({"unlimited, -1", "-1, -1", "8m, 8388608", "8M, 8388608", "64 KiB, 65536", "2g, 2147483648", "4096, 4096"
    })
    void readsWhatPeopleWrite(String text, long bytes) throws StrixhaloException {
        assertThat(Memlock.parse(text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "lots", "-2", "8.5m", "8t", "99999999999999999g"})
    void refusesWhatIsNoAmount(String text) {
        assertThatThrownBy(() -> Memlock.parse(text))
                .isInstanceOf(StrixhaloException.class)
                .hasMessage("<memlock> is '%s', which is no amount of memory.".formatted(text));
    }

    @Test
    void comparesLimits() {
        var eight = new Memlock(8 << 20);

        assertThat(Memlock.UNLIMITED.allows(Memlock.UNLIMITED)).isTrue();
        assertThat(Memlock.UNLIMITED.allows(eight)).isTrue();
        assertThat(eight.allows(eight)).isTrue();
        assertThat(eight.allows(new Memlock((8 << 20) + 1))).isFalse();
        assertThat(eight.allows(Memlock.UNLIMITED)).isFalse();
        assertThat(eight).hasToString("8 MiB");
        assertThat(new Memlock(64 << 10)).hasToString("64 KiB");
    }
}
