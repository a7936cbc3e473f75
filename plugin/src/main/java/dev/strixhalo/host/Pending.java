package dev.strixhalo.host;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.run.Memlock;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a node is set to, whether it is in force or comes with the next login or boot.
 *
 * @param arguments of the kernel, by the boot loader
 * @param groups    of the user, by the database
 * @param memlock   hard limit that pam_limits gives at the next login; no value where no line says anything
 * @param manager   the user's manager of systemd, under which rootless containers run
 */
public record Pending(
        Reading<List<String>> arguments,
        Reading<List<String>> groups,
        Reading<Memlock> memlock,
        Reading<Manager> manager) {
    private static final Pattern LOCKED = Pattern.compile("Max locked memory\\s+\\S+\\s+(\\S+)\\s+bytes\\s*");

    /**
     * The user's manager.
     *
     * @param running  its hard limit of locked memory
     * @param set      the limit that its unit has now, for the next start
     * @param reload   whether its unit's files changed since systemd read them
     */
    public record Manager(Memlock running, Memlock set, boolean reload) {}

    static Pending parse(LookOutput output) {
        var user = output.find("user").map(LookOutput.Answer::text).orElse("");
        var groups = output.reading(
                "groups-next", "id", a -> Reading.of(List.of(a.text().split("\\s+"))));
        return new Pending(
                BootArguments.parse(output),
                groups,
                output.whatever(
                        "limits-files",
                        "the files of pam_limits",
                        a -> memlock(a.lines(), user, groups.find().orElse(List.of()))),
                output.reading("manager", "systemctl show user@", a -> manager(a, output)));
    }

    /** limits.conf(5): a line for the user counts before one for a group, and that before one for everybody. */
    private static Reading<Memlock> memlock(List<String> lines, String user, List<String> groups)
            throws StrixhaloException {
        String[] best = null;
        int rank = 0;
        for (var line : lines) {
            var words = line.strip().split("\\s+");
            if (words.length < 4 || !words[2].equals("memlock") || words[1].equals("soft")) continue;
            int its = rank(words[0], user, groups);
            // Of lines of one rank the last one counts.
            if (its == 0 || its < rank) continue;
            best = words;
            rank = its;
        }
        if (best == null) return Reading.absent("no line of limits.conf is about memlock for this user");
        return switch (best[3]) {
            case "unlimited", "infinity", "-1" -> Reading.of(Memlock.UNLIMITED);
            // The unit of that file is KiB.
            default ->
                best[3].matches("\\d{1,15}")
                        ? Reading.of(Memlock.parse(best[3] + "k"))
                        : Reading.absent("'%s' is no amount of memory".formatted(String.join(" ", best)));
        };
    }

    private static int rank(String domain, String user, List<String> groups) {
        if (domain.equals(user)) return 3;
        if (domain.startsWith("@") && groups.contains(domain.substring(1))) return 2;
        return domain.equals("*") ? 1 : 0;
    }

    private static Reading<Manager> manager(LookOutput.Answer answer, LookOutput output) throws StrixhaloException {
        String set = "";
        boolean reload = false;
        for (var line : answer.lines()) {
            if (line.startsWith("LimitMEMLOCK=")) set = line.substring("LimitMEMLOCK=".length());
            if (line.equals("NeedDaemonReload=yes")) reload = true;
        }
        if (!set.matches("infinity|\\d{1,20}"))
            return Reading.absent("systemd told no LimitMEMLOCK of the user's manager");
        var limits = output.find("manager-limits").map(LookOutput.Answer::lines).orElse(List.of());
        for (var line : limits) {
            var match = LOCKED.matcher(line);
            if (match.matches()) {
                return Reading.of(new Manager(Memlock.parse(match.group(1)), systemd(set), reload));
            }
        }
        return Reading.absent("the user's manager does not run");
    }

    /** systemd writes 2^64 - 1 for infinity where the version is old. */
    private static Memlock systemd(String text) throws StrixhaloException {
        return text.equals("infinity") || text.length() > 18 ? Memlock.UNLIMITED : Memlock.parse(text);
    }
}
