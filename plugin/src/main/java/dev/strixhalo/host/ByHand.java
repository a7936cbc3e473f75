package dev.strixhalo.host;

import java.util.List;
import java.util.stream.Collectors;

/**
 * How a machine is put right by hand, said once for all who judge it; {@code prepare} does the same with a plan before and an
 * undo after.
 */
public final class ByHand {
    /** Where nobody can read who has which range: far above those of useradd(8). */
    private static final long FAR = 1L << 24;

    private static final String FILE = "/etc/security/limits.d/90-strixhalo.conf";

    /** The goal that does it, the first fix of what it heals. */
    public static final String PREPARE = "mvn strixhalo:prepare   (shows its plan and asks before it changes anything)";

    private ByHand() {}

    /**
     * Gives a user subordinate IDs that nobody has.
     *
     * @param taken ranges of all users
     * @param files {@code subuid}, {@code subgid} or both
     */
    public static String subordinates(Reading<Subordinates> taken, String user, List<String> files) {
        long first = taken.map(Subordinates::firstFree).find().orElse(FAR);
        long last = first + Subordinates.NEEDED - 1;
        var options = files.stream()
                .map(file -> "--add-%ss %d-%d".formatted(file, first, last))
                .collect(Collectors.joining(" "));
        return "sudo usermod %s %s && podman system migrate".formatted(options, user);
    }

    /** Puts a user into the groups that the GPU's devices belong to. */
    public static String groups(String user) {
        return "sudo usermod -aG render,video %s\nthen log in anew".formatted(user);
    }

    /** For those who are in a group by now, but whose user manager began before that. */
    public static String restartManager(String user) {
        return "sudo systemctl restart user@$(id -u %s)".formatted(user);
    }

    /**
     * Adds a limit to those that a login gets; others of ours stand in the same file.
     *
     * @param limit as in limits.conf(5), {@code memlock unlimited}
     */
    public static String limit(String user, String limit) {
        return "echo '%s - %s' | sudo tee -a %s\nthen log in anew".formatted(user, limit, FILE);
    }

    /** Makes podman keep images by overlay. */
    public static String overlay() {
        return "set driver = \"overlay\" under [storage] in ~/.config/containers/storage.conf, then: podman system reset"
                + "   (this removes all images and containers of this user)";
    }

    /** Makes rootless podman of root's. */
    public static String rootless() {
        return "log in as the plain user who owns the caches: set <user>";
    }
}
