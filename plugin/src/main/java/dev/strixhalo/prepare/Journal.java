package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.host.LookOutput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The runs of prepare that a node remembers. The journal itself is root's; this is what it says to everyone.
 *
 * @param runs the oldest first; names are times in UTC, so that they sort
 */
record Journal(List<Run> runs) {
    /** Where it is on every node. */
    static final String FOLDER = "/var/lib/strixhalo/journal";

    /** What our scripts write and read. */
    static final String SCHEMA = "1";

    /**
     * A run.
     *
     * @param name  {@code 20261126T154000Z}
     * @param state {@code begun}, {@code done}, {@code undone}, or {@code failed} or {@code kept} with the numbers of steps
     */
    record Run(String name, String state) {
        boolean unfinished() {
            return state.equals("begun") || state.startsWith("failed");
        }

        boolean undone() {
            return state.equals("undone");
        }
    }

    Journal {
        runs = runs.stream().sorted(Comparator.comparing(Run::name)).toList();
    }

    static Journal parse(LookOutput.Answer schema, LookOutput.Answer runs) throws StrixhaloException {
        var version = schema.text();
        if (!version.isEmpty() && !version.equals(SCHEMA)) {
            throw Problem.of("The journal of earlier changes is of schema %s; this plugin knows %s."
                            .formatted(version, SCHEMA))
                    .found(FOLDER + "/schema")
                    .fix("use the newer version of strixhalo-maven-plugin that wrote it")
                    .asException();
        }
        var all = new ArrayList<Run>();
        for (var line : runs.lines()) {
            var parts = line.split(" ", 2);
            if (parts.length == 2) all.add(new Run(parts[0], parts[1]));
        }
        return new Journal(all);
    }

    Optional<Run> find(String name) {
        return runs.stream().filter(run -> run.name().equals(name)).findFirst();
    }

    /** The last run that is not taken back yet. */
    Optional<Run> last() {
        return runs.stream().filter(run -> !run.undone()).reduce((earlier, later) -> later);
    }

    /** The last run, if it was cut off or failed. */
    Optional<Run> unfinished() {
        return last().filter(Run::unfinished);
    }
}
