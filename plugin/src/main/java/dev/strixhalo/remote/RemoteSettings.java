package dev.strixhalo.remote;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What the way to the nodes takes from this side.
 *
 * @param home           the user's home folder, where {@code .ssh} lies
 * @param user           the login name here; SSH takes it for the nodes too where nothing else is said
 * @param environment    of this process: {@code SSH_AUTH_SOCK}, and what commands on a {@code local} node inherit
 * @param system         the folder of ssh's own files for all users
 * @param connectTimeout for the TCP connection, unless {@code ConnectTimeout} of ~/.ssh/config says otherwise
 * @param loginTimeout   from the TCP connection to the end of the login
 * @param random         for words that nobody prints by chance
 */
public record RemoteSettings(
        Path home,
        String user,
        Map<String, String> environment,
        Path system,
        Duration connectTimeout,
        Duration loginTimeout,
        RandomGenerator random) {
    public RemoteSettings {
        environment = Map.copyOf(environment);
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new IllegalArgumentException("time-out " + connectTimeout);
        }
        if (loginTimeout.isNegative() || loginTimeout.isZero()) {
            throw new IllegalArgumentException("time-out " + loginTimeout);
        }
    }

    /** With ten seconds to connect and thirty to log in. */
    public static RemoteSettings of(Path home, String user, Map<String, String> environment) {
        return new RemoteSettings(
                home,
                user,
                environment,
                Path.of("/etc/ssh"),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                new SecureRandom());
    }
}
