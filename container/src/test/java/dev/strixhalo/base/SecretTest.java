package dev.strixhalo.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTest {
    @Test
    void printsAsStarsWhereverItIsPrinted() throws StrixhaloException {
        var secret = Secret.of("API key", "canary-7f3a");

        assertThat(secret.toString()).isEqualTo("****");
        assertThat("%s".formatted(secret)).doesNotContain("canary");
        assertThat(secret.reveal()).isEqualTo("canary-7f3a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"canary\n", "can\rary", "canary\u0000", "\tcanary"})
    void aControlCharacterIsRefusedWithoutShowingTheValue(String value) {
        assertThatThrownBy(() -> Secret.of("token", value)).isInstanceOfSatisfying(StrixhaloException.class, e -> {
            assertThat(e.problems().toString()).doesNotContain("canary").contains("The token holds");
            assertThat(e.problems().get(0).fixes()).isNotEmpty();
        });
    }

    @Test
    void anEmptySecretIsRefused() {
        assertThatThrownBy(() -> Secret.of("token", "")).hasMessage("The token is empty.");
    }

    @Test
    void equalValuesAreEqualSecrets() throws StrixhaloException {
        assertThat(Secret.of("a", "x")).isEqualTo(Secret.of("b", "x")).isNotEqualTo(Secret.of("a", "y"));
    }
}
