package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FloorTest {
    @ParameterizedTest
    @ValueSource(strings = {"2.52.0", "2.60.0", "2.100.1", "3.0.0", "3.1.0rc1"})
    void aRayThatKnowsTokensIsTaken(String version) {
        assertThat(Floor.tokens(version, false)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.51.2", "2.9.3", "1.99.0"})
    void anOlderOneIsRefusedUnlessItIsAllowed(String version) {
        assertThat(Floor.tokens(version, false)).hasValueSatisfying(problem -> {
            assertThat(problem.sentence())
                    .isEqualTo("Ray %s knows no token: whoever reaches its ports can run code here.", version);
            assertThat(problem.fixes()).anyMatch(fix -> fix.contains("<allowOldRay>true</allowOldRay>"));
        });
        assertThat(Floor.tokens(version, true)).isEmpty();
    }

    @Test
    void anImageWithoutRayIsRefusedEvenThen() {
        assertThat(Floor.tokens("", true))
                .hasValueSatisfying(problem -> assertThat(problem.sentence()).startsWith("the image has no Ray"));
    }
}
