package dev.strixhalo.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VolumeTest {
    @Test
    void readsHostContainerAndOptions() throws StrixhaloException {
        assertThat(Volume.parse("~/models:/models:ro")).isEqualTo(new Volume("~/models", "/models", "ro"));
        assertThat(Volume.parse("/srv/übung mit leer:/data").hostPath("/home/x"))
                .isEqualTo("/srv/übung mit leer");
        assertThat(Volume.parse("~/models:/models").hostPath("/home/x")).isEqualTo("/home/x/models");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "models:/models", "/a", "/a:b", "/a:/b:ro:z", "~x:/b", "/a:/b:r o", "/a\n:/b"})
    void refusesWhatPodmanWouldMisread(String text) {
        assertThatThrownBy(() -> Volume.parse(text))
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContaining("which is no volume");
    }
}
