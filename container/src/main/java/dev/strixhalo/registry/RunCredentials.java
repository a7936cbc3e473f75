package dev.strixhalo.registry;

import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who may read during one run: a user per node, each with a password made for this run, so that bytes count per node. */
public final class RunCredentials {
    private static final int PASSWORD_BYTES = 32;

    private final Map<String, Secret> passwords;

    private RunCredentials(Map<String, Secret> passwords) {
        this.passwords = passwords;
    }

    /**
     * Makes a password for each user.
     *
     * @param users names of the nodes; no colon, which separates name and password (RFC 7617)
     */
    public static RunCredentials issue(List<String> users, SecureRandom random) {
        var passwords = new LinkedHashMap<String, Secret>();
        for (var user : users) {
            if (user.isBlank() || user.indexOf(':') >= 0) {
                throw new IllegalArgumentException("no user name for a registry: '" + user + "'");
            }
            var bytes = new byte[PASSWORD_BYTES];
            random.nextBytes(bytes);
            passwords.put(user, secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)));
        }
        return new RunCredentials(passwords);
    }

    public Set<String> users() {
        return Set.copyOf(passwords.keySet());
    }

    /** @throws IllegalArgumentException when no such user was named */
    public Secret password(String user) {
        var password = passwords.get(user);
        if (password == null) throw new IllegalArgumentException("no user '" + user + "' in this run");
        return password;
    }

    /** The user whom an {@code Authorization} header proves to be there. */
    Optional<String> authenticate(@Nullable String header) {
        if (header == null || !header.regionMatches(true, 0, "Basic ", 0, 6)) return Optional.empty();
        byte[] given;
        try {
            given = Base64.getDecoder().decode(header.substring(6).trim());
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // not base64: as good as no credential
        }
        String found = null;
        // Every user is compared in constant time, so that time tells nothing about names or passwords.
        for (var entry : passwords.entrySet()) {
            var wanted = (entry.getKey() + ":" + entry.getValue().reveal()).getBytes(StandardCharsets.UTF_8);
            if (MessageDigest.isEqual(wanted, given)) found = entry.getKey();
        }
        return Optional.ofNullable(found);
    }

    private static Secret secret(String value) {
        try {
            return Secret.of("password of this run", value);
        } catch (StrixhaloException e) {
            throw new AssertionError("base64 holds no control characters", e);
        }
    }
}
