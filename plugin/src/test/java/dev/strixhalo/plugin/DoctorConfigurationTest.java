package dev.strixhalo.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.doctor.Wanted;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorConfigurationTest {
    @Test
    void unsetValuesAreThoseOfTheGuide() throws StrixhaloException {
        assertThat(new DoctorConfiguration().toWanted()).isEqualTo(Wanted.STANDARD);
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() throws ReflectiveOperationException {
        var configuration = new DoctorConfiguration();
        set(configuration, "kernel", "new");
        set(configuration, "mtu", 12);
        set(configuration, "gttPercent", 101);
        set(configuration, "ports", List.of("8000", "http", "70000"));

        assertThatThrownBy(configuration::toWanted)
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContainingAll(
                        "<kernel> of <doctor> is 'new', which is no version.",
                        "<mtu> of <doctor> is 12.",
                        "<gttPercent> of <doctor> is 101.",
                        "<ports> of <doctor> has 'http', which is no port.",
                        "<ports> of <doctor> is 70000.");
    }

    private static void set(DoctorConfiguration configuration, String name, Object value)
            throws ReflectiveOperationException {
        var field = DoctorConfiguration.class.getDeclaredField(name);
        field.setAccessible(true);
        field.set(configuration, value);
    }
}
