package dev.strixhalo.prepare;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The text of a known_hosts file (sshd(8)), to see what it knows already; Debian's ssh writes names as hashes. */
record KnownHosts(String text) {
    /** Whether this key, {@code ssh-ed25519 AAAA…}, is known by this name. */
    boolean knows(String name, String key) {
        var wanted = List.of(key.split("\\s+")).subList(0, 2);
        return text.lines()
                .map(line -> List.of(line.strip().split("\\s+")))
                .anyMatch(words -> words.size() >= 3
                        && words.subList(1, 3).equals(wanted)
                        && Arrays.stream(words.get(0).split(",")).anyMatch(pattern -> is(pattern, name)));
    }

    private static boolean is(String pattern, String name) {
        var parts = pattern.split("\\|");
        // |1|salt|hash, the hash being HMAC-SHA1 of the name.
        if (parts.length != 4 || !parts[1].equals("1")) return pattern.equals(name);
        try {
            var mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(parts[2]), "HmacSHA1"));
            var hash = mac.doFinal(name.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash).equals(parts[3]);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA1", e);
        } catch (IllegalArgumentException e) {
            // Not base64: ssh passes over such a line, too.
            return false;
        }
    }
}
