package dev.strixhalo.prepare;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.doctor.Area;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A kind of change.
 *
 * @param id      stable name
 * @param area    what part of a node it is about
 * @param heals   ids of the checks of doctor that it is for
 * @param reason  why, one sentence
 * @param planner state of a node in, steps out; no I/O
 */
record Remedy(String id, Area area, List<String> heals, String reason, Planner planner) {
    Remedy {
        heals = List.copyOf(heals);
        if (!id.matches("[a-z0-9]+(-[a-z0-9]+)*")) throw new IllegalArgumentException("id " + id);
        if (!reason.endsWith(".")) throw new IllegalArgumentException(id + " is not told in a sentence");
    }

    /**
     * What is to be done.
     *
     * @param steps in order
     * @param needs what has to happen before it holds
     */
    record Draft(List<Step> steps, Set<Afterwards> needs) {
        static Optional<Draft> of(List<Step> steps, Afterwards... needs) {
            return steps.isEmpty() ? Optional.empty() : Optional.of(new Draft(steps, Set.of(needs)));
        }
    }

    /** Makes the draft. */
    interface Planner {
        /**
         * What a node needs; nothing when it is as wanted or nobody asked for it.
         *
         * @throws StrixhaloException when it is needed and cannot be done there, with what its owner can do
         */
        Optional<Draft> draft(Host host) throws StrixhaloException;
    }

    /** What it would change on a node. */
    Optional<Change> on(Host host) throws StrixhaloException {
        return planner.draft(host).map(draft -> new Change(id, area, heals, reason, draft.steps(), draft.needs()));
    }
}
