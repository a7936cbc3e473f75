package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What sudo 1.9.13 says when it refuses, in its own words, and what a user is told. */
class RightsTest {
    @Test
    void eachRefusalIsToldWithItsWayOut() {
        assertThat(what("sudo: sorry, you must have a tty to run sudo"))
                .isEqualTo("sudo works on a terminal only (requiretty).");
        assertThat(what("Sorry, try again.", "sudo: no password was provided", "sudo: 1 incorrect password attempt"))
                .isEqualTo("sudo refused the password of 'lara'; it was tried once.");
        assertThat(what("lara is not in the sudoers file.")).isEqualTo("'lara' may not become root by sudo.");
        assertThat(what("Sorry, user lara is not allowed to execute '/bin/sh' as root on here."))
                .isEqualTo("'lara' may not become root by sudo.");
        assertThat(what("")).isEqualTo("sudo is not installed, and 'lara' is not root.");
        assertThat(what("sudo: /etc/sudoers is world writable")).isEqualTo("sudo does not work for 'lara'.");
    }

    @Test
    void whetherAPasswordIsAskedIsReadFromSudo() {
        var asks = StateSamples.debian()
                .failing("sudo", 1, "sudo: a password is required")
                .state();
        var refuses = StateSamples.debian()
                .failing("sudo", 1, "sudo: sorry, you must have a tty to run sudo")
                .state();

        assertThat(StateSamples.debian().state().sudo().kind()).isEqualTo(HostState.Sudo.Kind.FREE);
        assertThat(asks.sudo().kind()).isEqualTo(HostState.Sudo.Kind.PASSWORD);
        assertThat(refuses.sudo().kind()).isEqualTo(HostState.Sudo.Kind.REFUSED);
        assertThat(StateSamples.debian().with("sudo", "root").state().sudo().kind())
                .isEqualTo(HostState.Sudo.Kind.ROOT);
    }

    private static String what(String... said) {
        return Rights.refused(List.of(said), "lara").what();
    }
}
