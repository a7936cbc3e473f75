package dev.strixhalo.host;

import java.util.ArrayList;
import java.util.List;

/**
 * Ranges of subordinate IDs that users have, of all users together (subuid(5)).
 *
 * @param firstFree where a range that is free in both files may begin
 */
public record Subordinates(long firstFree) {
    /** Rootless podman maps a whole range of users; useradd(8) gives as many. */
    public static final long NEEDED = 65536;

    /** useradd(8) begins there. */
    private static final long LEAST = 100_000;

    static Reading<Subordinates> parse(LookOutput output) {
        return output.reading("subuids", "cat /etc/subuid", users -> {
            var lines = new ArrayList<>(users.lines());
            output.find("subgids").map(LookOutput.Answer::lines).ifPresent(lines::addAll);
            return Reading.of(new Subordinates(free(lines)));
        });
    }

    private static long free(List<String> lines) {
        long free = LEAST;
        for (var line : lines) {
            var parts = line.strip().split(":");
            if (parts.length != 3 || !parts[1].matches("\\d{1,10}") || !parts[2].matches("\\d{1,10}")) continue;
            free = Math.max(free, Long.parseLong(parts[1]) + Long.parseLong(parts[2]));
        }
        return free;
    }
}
