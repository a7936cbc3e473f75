package dev.strixhalo.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.doctor.Wanted;
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

        assertThatThrownBy(configuration::toWanted)
                .isInstanceOf(StrixhaloException.class)
                .hasMessageContainingAll(
                        "<kernel> of <doctor> is 'new', which is no version.",
                        "<mtu> of <doctor> is 12.",
                        "<gttPercent> of <doctor> is 101.");
    }

    private static void set(DoctorConfiguration configuration, String name, Object value)
            throws ReflectiveOperationException {
        var field = DoctorConfiguration.class.getDeclaredField(name);
        field.setAccessible(true);
        field.set(configuration, value);
    }
}
