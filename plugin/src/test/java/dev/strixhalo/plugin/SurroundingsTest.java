package dev.strixhalo.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SurroundingsTest {
    @ParameterizedTest
    @CsvSource({
        "true, true, xterm, true",
        "false, true, xterm, false",
        "true, false, xterm, false",
        "true, true, dumb, false",
        "true, true, '', false",
    })
    void linesAreDrawnAnewOnlyForAPersonAtATerminal(
            boolean interactive, boolean console, String term, boolean expected) {
        assertThat(Surroundings.terminal(interactive, console, term)).isEqualTo(expected);
    }

    @Test
    void theCacheFollowsTheXdgSpecification() {
        assertThat(with(Map.of()).cache(null)).isEqualTo(Path.of("/home/u/.cache/strixhalo"));
        assertThat(with(Map.of("XDG_CACHE_HOME", "/c")).cache(null)).isEqualTo(Path.of("/c/strixhalo"));
        assertThat(with(Map.of("XDG_CACHE_HOME", "relative")).cache(null))
                .isEqualTo(Path.of("/home/u/.cache/strixhalo"));
        assertThat(with(Map.of("XDG_CACHE_HOME", "/c")).cache(new File("/mine")))
                .isEqualTo(Path.of("/mine"));
    }

    private static Surroundings with(Map<String, String> environment) {
        return new Surroundings(Path.of("/home/u"), environment, true, false, false);
    }
}
