package dev.strixhalo.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteCommandTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "-c", "A=b"})
    void hasAProgramThatNoShellTakesForSomethingElse(String program) {
        assertThatThrownBy(() -> RemoteCommand.of(program, "x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesWhatNoNodeCouldBeGiven() {
        assertThatThrownBy(() -> RemoteCommand.of(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RemoteCommand.of("a", "b\0c")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RemoteCommand.of("a").env("A B", "c")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RemoteCommand.of("a").env("A", "\0")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RemoteCommand.of("a").timeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isToldInWordsThatCanBeToldApartAndWithoutWhatItReads() {
        assertThat(RemoteCommand.of("a", "b c", "", "d\ne").stdin("hush")).hasToString("a \"b c\" \"\" \"d?e\"");
        assertThat(RemoteCommand.of("a", "x".repeat(1000)).toString())
                .hasSize(161)
                .endsWith("…");
        assertThat(RemoteCommand.script("hush").called("the look around")).hasToString("the look around");
    }
}
