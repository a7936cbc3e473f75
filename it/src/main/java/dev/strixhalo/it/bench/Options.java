package dev.strixhalo.it.bench;

import dev.strixhalo.it.stage.Places;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the benchmark was started with.
 *
 * @param rounds of every contest; the table shows medians
 * @param keep   whether a bed that is up is used, and left up
 * @param places where everything lies
 * @param logs   folder in which each run makes a folder of its own for what the programs say
 * @param only   names of contests; none for all
 */
record Options(int rounds, boolean keep, Places places, Path logs, Set<String> only) {
    private static final int ROUNDS = 3;

    Options {
        only = Set.copyOf(only);
    }

    /**
     * Reads the command line; {@code it/bench} has checked and explained it already.
     *
     * @throws IllegalArgumentException when it cannot be understood
     */
    static Options parse(List<String> arguments, Map<String, String> environment) {
        int rounds = ROUNDS;
        boolean keep = false;
        var only = new LinkedHashSet<String>();
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--quick" -> rounds = 1;
                case "--keep" -> keep = true;
                case "--only" -> {
                    if (++i == arguments.size()) throw new IllegalArgumentException("--only wants a row's name");
                    only.addAll(List.of(arguments.get(i).split(",", -1)));
                }
                default ->
                    throw new IllegalArgumentException(
                            "'" + arguments.get(i) + "', allowed: --quick --keep --only ROW");
            }
        }
        var logs = environment.get("STRIXHALO_BENCH_LOGS");
        if (logs == null) throw new IllegalArgumentException("the variable STRIXHALO_BENCH_LOGS is not set");
        return new Options(rounds, keep, Places.of(environment), Path.of(logs), only);
    }
}
