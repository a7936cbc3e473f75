package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.prepare.Rights;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Passwords for sudo: from a server of settings.xml or the variable STRIXHALO_SUDO_PASSWORD, else from whoever sits at the terminal, once for each node. */
final class SudoPasswords implements Rights.Passwords {
    private final Secrets secrets;
    private final @Nullable String server;
    private final Person person;
    private final Map<String, Secret> known = new HashMap<>();

    SudoPasswords(Secrets secrets, @Nullable String server, Person person) {
        this.secrets = secrets;
        this.server = server;
        this.person = person;
    }

    @Override
    public synchronized Secret of(String node, String user) throws StrixhaloException {
        var before = known.get(node);
        if (before != null) return before;
        var given = secrets.find("password for sudo", server, "STRIXHALO_SUDO_PASSWORD");
        var found = given.isPresent()
                ? given.get()
                : person.secret("password for sudo", "password of %s on %s, for sudo".formatted(user, node))
                        .orElseThrow(() -> Problem.of("sudo asks '%s' for a password, and nobody is there to type it."
                                        .formatted(user))
                                .on(node)
                                .fix(
                                        "name a server of settings.xml with the password: <prepare><sudoServer>…</sudoServer>")
                                .fix("let sudo work without one there: '%s ALL=(ALL) NOPASSWD: ALL' in /etc/sudoers.d"
                                        .formatted(user))
                                .asException());
        known.put(node, found);
        return found;
    }
}
