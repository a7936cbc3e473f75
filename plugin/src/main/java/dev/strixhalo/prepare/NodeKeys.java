package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Logins from node to node without a password (setup guide, section 5.1), when asked for. Each user has a pair of its own, made
 * where it stays; public keys and host keys come to us over our own sessions, which know whom they speak to, and go to the other
 * nodes the same way. What a pair that is only planned will be, nobody knows yet: so {@link #logins} is a change that is applied
 * last, as the second part of the same run, from a plan made anew when all pairs are there.
 */
final class NodeKeys {
    /** The change that needs the others' keys. */
    static final String LOGINS = "node-logins";

    private NodeKeys() {}

    /** The user's own pair, where there is none. */
    static Optional<Remedy.Draft> pair(Host host) throws StrixhaloException {
        if (!asked(host)) return Optional.empty();
        return switch (host.state().ssh().own()) {
            case THERE -> Optional.empty();
            case NONE ->
                Remedy.Draft.of(List.of(new Step.KeyPair(
                        home(host, "id_ed25519"),
                        host.state().user(),
                        comment(host.node().name()))));
            case CLOSED ->
                throw Problem.of("The key %s cannot be used without a question.".formatted(home(host, "id_ed25519")))
                        .found(host.state().ssh().text())
                        .fix("take its passphrase off: ssh-keygen -p -f ~/.ssh/id_ed25519")
                        .fix("leave <nodeKeys> out and log in from node to node with ssh-agent")
                        .asException();
            case NO_TOOL ->
                throw Problem.of("There is no ssh-keygen to make a key with.")
                        .fix("sudo apt-get install openssh-client, on Fedora: sudo dnf install openssh-clients")
                        .asException();
        };
    }

    /** The others' users into authorized_keys, their machines into known_hosts. */
    static Optional<Remedy.Draft> logins(Host host) throws StrixhaloException {
        if (!asked(host)) return Optional.empty();
        var steps = new ArrayList<Step>();
        keys(host).ifPresent(steps::add);
        machines(host).ifPresent(steps::add);
        if (!steps.isEmpty()) demandClosed(host);
        return Remedy.Draft.of(steps);
    }

    private static boolean asked(Host host) {
        return host.wishes().nodeKeys() && !host.others().isEmpty();
    }

    private static Optional<Step> keys(Host host) {
        var path = home(host, "authorized_keys");
        var there = host.state().content(path).lines().map(String::strip).filter(line -> !line.startsWith("#"));
        var known = there.flatMap(line -> List.of(line.split("\\s+")).stream()).toList();
        var lines = new ArrayList<String>();
        var awaited = new ArrayList<String>();
        for (var other : host.others()) {
            var keys = other.keys();
            if (keys.own() == SshKeys.Own.NONE) {
                awaited.add("the public key of %s, which is made first"
                        .formatted(other.node().name()));
            } else if (keys.own() == SshKeys.Own.THERE) {
                var words = keys.text().split("\\s+");
                // Whatever options somebody has put before it.
                if (known.contains(words[1])) continue;
                lines.add("%s %s %s"
                        .formatted(words[0], words[1], comment(other.node().name())));
            }
        }
        return more(host, path, lines, awaited);
    }

    private static Optional<Step> machines(Host host) throws StrixhaloException {
        var path = home(host, "known_hosts");
        var known = new KnownHosts(host.state().content(path));
        var own = Neighbour.of(host.node(), host.facts(), host.state()).lan();
        var lines = new ArrayList<String>();
        for (var other : host.others()) {
            if (other.keys().hostKeys().isEmpty()) {
                throw Problem.of("The host keys of %s cannot be read."
                                .formatted(other.node().name()))
                        .found("no /etc/ssh/ssh_host_*_key.pub there")
                        .fix("see whether sshd is set up there: ls -l /etc/ssh")
                        .asException();
            }
            for (var key : other.keys().hostKeys()) {
                var words = key.split("\\s+");
                if (words.length < 2) continue;
                var missing = other.names(own).stream()
                        .filter(name -> !known.knows(name, key))
                        .toList();
                if (!missing.isEmpty()) {
                    lines.add("%s %s %s".formatted(String.join(",", missing), words[0], words[1]));
                }
            }
        }
        return more(host, path, lines, List.of());
    }

    private static Optional<Step> more(Host host, String path, List<String> lines, List<String> awaited) {
        if (lines.isEmpty() && awaited.isEmpty()) return Optional.empty();
        boolean there =
                host.state().file(path).map(HostState.FileState::there).find().orElse(true);
        return Optional.of(new Step.Lines(path, host.state().user(), !there, lines, awaited));
    }

    /** sshd does not look at authorized_keys where others could have written it (StrictModes in sshd_config(5)). */
    private static void demandClosed(Host host) throws StrixhaloException {
        var ssh = host.state().ssh();
        for (var folder : List.of(host.state().home() + " " + ssh.home(), home(host, "") + " " + ssh.folder())) {
            var mode = folder.substring(folder.lastIndexOf(' ') + 1);
            // Debian's sshd lets a group write that is the user's alone.
            int open = host.debianLike() ? 02 : 022;
            if (!mode.matches("[0-7]{3,4}") || (Integer.parseInt(mode, 8) & open) == 0) continue;
            throw Problem.of("sshd lets nobody in by a key while others may write %s."
                            .formatted(folder.substring(0, folder.lastIndexOf(' '))))
                    .found("mode " + mode)
                    .fix("chmod go-w %s, then run the goal again"
                            .formatted(folder.substring(0, folder.lastIndexOf(' '))))
                    .asException();
        }
    }

    private static String home(Host host, String name) {
        return host.state().home() + "/.ssh" + (name.isEmpty() ? "" : "/" + name);
    }

    private static String comment(String node) {
        return "strixhalo-" + node.replaceAll("\\s+", "-");
    }
}
