package dev.strixhalo.prepare;

import dev.strixhalo.doctor.Area;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One thing that prepare changes on one node.
 *
 * @param id     of its kind, stable: {@code memlock}
 * @param area   what part of a node it is about
 * @param heals  ids of the checks of doctor that it is for
 * @param reason one sentence
 * @param steps  in order; an undo goes backwards
 * @param needs  what has to happen before it holds
 */
record Change(String id, Area area, List<String> heals, String reason, List<Step> steps, Set<Afterwards> needs) {
    Change {
        heals = List.copyOf(heals);
        steps = List.copyOf(steps);
        needs = needs.isEmpty() ? Set.of() : EnumSet.copyOf(needs);
        if (steps.isEmpty()) throw new IllegalArgumentException(id + " without a step");
    }
}
