package dev.strixhalo.it.hosts;

import dev.strixhalo.it.stage.Places;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the rehearsal was started with.
 *
 * @param places  where everything lies
 * @param mishaps whether chapters of mishaps are played, too
 * @param keep    whether the machines are left up, and those that are up are used
 * @param down    whether machines that were left up are to end, and nothing else
 * @param only    names of chapters to play; none for all
 */
record Options(Places places, boolean mishaps, boolean keep, boolean down, Set<String> only) {
    Options {
        only = Set.copyOf(only);
    }

    /** Reads the command line; {@code it/rehearse-hosts} has checked and explained it already. */
    static Options parse(List<String> arguments, Map<String, String> environment, List<String> chapters) {
        boolean mishaps = false;
        boolean keep = false;
        boolean down = false;
        var only = new LinkedHashSet<String>();
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--all" -> mishaps = true;
                case "--keep" -> keep = true;
                case "--down" -> down = true;
                case "--only" -> {
                    if (++i == arguments.size()) throw new IllegalArgumentException("--only wants a chapter's name");
                    only.addAll(List.of(arguments.get(i).split(",", -1)));
                }
                default ->
                    throw new IllegalArgumentException(
                            "'" + arguments.get(i) + "', allowed: --keep --down --all --only CHAPTER");
            }
        }
        for (var name : only) {
            if (!chapters.contains(name))
                throw new IllegalArgumentException(
                        "no chapter '" + name + "', there are: " + String.join(", ", chapters));
        }
        return new Options(Places.of(environment), mishaps, keep, down, only);
    }

    boolean wants(Chapter chapter) {
        if (!only.isEmpty()) return only.contains(chapter.name());
        return mishaps || !chapter.mishaps();
    }
}
