package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines of {@code ss -Hltnp} of iproute2 6.1. */
class PortHolderTest {
    private static final List<LaunchRun.Port> PORTS =
            List.of(new LaunchRun.Port("Ray", "192.168.100.1", 6379), new LaunchRun.Port("API", "127.0.0.1", 8000));

    @Test
    void namesTheProgramOfOurOwnUser() {
        var lines = List.of(
                "LISTEN 0      128          0.0.0.0:22        0.0.0.0:*          ",
                "LISTEN 0      5          127.0.0.1:8000      0.0.0.0:*    users:((\"python3\",pid=4242,fd=3))");

        assertThat(PortHolder.parse(lines, PORTS))
                .hasToString("Optional[python3 (process 4242) listens on 127.0.0.1 port 8000]");
    }

    @Test
    void saysThatAStrangersProgramIsNotShown() {
        var lines = List.of("LISTEN 0      511             [::]:6379         [::]:*          ");

        assertThat(PortHolder.parse(lines, PORTS))
                .hasToString("Optional[a program of another user listens on [::] port 6379]");
    }

    @Test
    void passesOverPortsThatAreNotOurs() {
        var lines = List.of("LISTEN 0      5          127.0.0.1:18000     0.0.0.0:*    users:((\"ssh\",pid=7,fd=3))");

        assertThat(PortHolder.parse(lines, PORTS)).isEmpty();
    }
}
