package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;

import dev.strixhalo.it.bed.Machine;
import java.util.List;

/** What runs on a machine, in the machine's own words. */
final class Processes {
    private Processes() {}

    /** Ids of a machine's processes whose whole command line matches, the oldest first. */
    static List<String> of(Machine machine, String pattern) throws Exception {
        return unlessGood(machine.asRoot("ps", "-eo", "pid=,args=", "--sort=start_time")).out().stream()
                .map(line -> line.strip().split(" +", 2))
                .filter(words -> words.length == 2 && words[1].matches(pattern))
                .map(words -> words[0])
                .toList();
    }

    /** Kills the oldest process whose command line matches. */
    static void kill(Machine machine, String pattern) throws Exception {
        var found = of(machine, pattern);
        unless(!found.isEmpty(), machine.name() + " runs no '" + pattern + "'");
        unlessGood(machine.asRoot("kill", "-KILL", found.get(0)));
    }
}
