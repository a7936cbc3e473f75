package dev.strixhalo.it.rehearsal;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the rehearsal was started with.
 *
 * @param mode       what to do
 * @param cache      where the base image, wheels and beds lie
 * @param repository our own artefacts, in the layout of a Maven repository
 * @param maven      this machine's local Maven repository, from which the operator's Maven gets everything else
 * @param only       names of chapters to play; none for all
 */
record Options(Mode mode, Path cache, Path repository, Path maven, Set<String> only) {
    enum Mode {
        /** Play, and leave nothing. */
        PLAY,
        /** Play on the bed that is up, or on a new one, and leave it up. */
        KEEP,
        /** Only bring a bed up and leave it up. */
        UP,
        /** End the bed that was left up. */
        DOWN
    }

    Options {
        only = Set.copyOf(only);
    }

    /** Reads the command line; {@code it/rehearse} has checked and explained it already. */
    static Options parse(List<String> arguments, Map<String, String> environment) {
        var mode = Mode.PLAY;
        var only = new LinkedHashSet<String>();
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--keep" -> mode = Mode.KEEP;
                case "--up" -> mode = Mode.UP;
                case "--down" -> mode = Mode.DOWN;
                case "--only" -> {
                    if (++i == arguments.size()) throw new IllegalArgumentException("--only wants a chapter's name");
                    only.addAll(List.of(arguments.get(i).split(",", -1)));
                }
                default ->
                    throw new IllegalArgumentException(
                            "'" + arguments.get(i) + "', allowed: --keep --up --down --only CHAPTER");
            }
        }
        return new Options(
                mode,
                path(environment, "STRIXHALO_BED_CACHE"),
                path(environment, "STRIXHALO_BED_REPOSITORY"),
                path(environment, "STRIXHALO_BED_MAVEN"),
                only);
    }

    private static Path path(Map<String, String> environment, String name) {
        var value = environment.get(name);
        if (value == null) throw new IllegalArgumentException("the variable " + name + " is not set");
        return Path.of(value);
    }
}
