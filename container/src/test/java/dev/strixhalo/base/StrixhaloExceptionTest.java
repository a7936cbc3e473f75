package dev.strixhalo.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class StrixhaloExceptionTest {
    @Test
    void aProblemGrowsWithoutChangingTheOneItCameFrom() {
        var bare = Problem.of("memlock is limited to 8 MiB.");
        var full = bare.on("node2").found("ulimit -Hl = 8192").fix("one").fix("two");

        assertThat(bare.found()).isEmpty();
        assertThat(full.sentence()).isEqualTo("node2: memlock is limited to 8 MiB.");
        assertThat(full.fixes()).containsExactly("one", "two");
    }

    @Test
    void aProblemWithoutASentenceIsABug() {
        assertThatThrownBy(() -> Problem.of(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new StrixhaloException(List.of(), null, null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theNodeIsNamedOnlyWhereNoneIs() {
        var failure = new StrixhaloException(List.of(Problem.of("a.").on("node1"), Problem.of("b.")), null, null);

        assertThat(failure.on("node2")).hasMessage("node1: a. node2: b.").hasCause(failure);
    }

    @Test
    void manyFailuresKeepAllProblemsAndStates() {
        var one = Problem.of("a.").asException().leaving("Nothing was changed.");
        var two = Problem.of("b.").asException().leaving("Nothing was changed.");

        var all = StrixhaloException.all(List.of(one, two));

        assertThat(all).hasMessage("a. b.").hasSuppressedException(two);
        assertThat(all.state()).isEqualTo("Nothing was changed.");
        assertThat(StrixhaloException.all(List.of(one))).isSameAs(one);
    }
}
