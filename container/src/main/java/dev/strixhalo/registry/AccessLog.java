package dev.strixhalo.registry;

import java.util.ArrayList;
import java.util.List;

/** The requests of one run, in the order in which they were done. */
final class AccessLog {
    /** A pull of a hundred layers by ten nodes makes two thousand; more is no pull, and memory has an end. */
    private static final int LIMIT = 20_000;

    private final List<Access> all = new ArrayList<>();
    private long lost;

    synchronized void add(Access access) {
        if (all.size() < LIMIT) all.add(access);
        else lost++;
    }

    /** @throws IllegalStateException when there were more than could be kept: a part must not pass for the whole */
    synchronized List<Access> all() {
        if (lost > 0) throw new IllegalStateException(lost + " requests beyond " + LIMIT + " were not recorded");
        return List.copyOf(all);
    }
}
