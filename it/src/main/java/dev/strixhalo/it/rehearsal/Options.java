package dev.strixhalo.it.rehearsal;

import dev.strixhalo.it.stage.Places;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the rehearsal was started with.
 *
 * @param mode       what to do
 * @param places where everything lies
 * @param mishaps    whether chapters of mishaps are played, too
 * @param only       names of chapters to play; none for all
 */
record Options(Mode mode, Places places, boolean mishaps, Set<String> only) {
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
        boolean mishaps = false;
        var only = new LinkedHashSet<String>();
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--keep" -> mode = Mode.KEEP;
                case "--up" -> mode = Mode.UP;
                case "--down" -> mode = Mode.DOWN;
                case "--all" -> mishaps = true;
                case "--only" -> {
                    if (++i == arguments.size()) throw new IllegalArgumentException("--only wants a chapter's name");
                    only.addAll(List.of(arguments.get(i).split(",", -1)));
                }
                default ->
                    throw new IllegalArgumentException(
                            "'" + arguments.get(i) + "', allowed: --keep --up --down --all --only CHAPTER");
            }
        }
        return new Options(mode, Places.of(environment), mishaps, only);
    }
}
