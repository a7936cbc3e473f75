package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be changed on one node; made from its state alone.
 *
 * @param host      the node
 * @param changes   in the order in which they are made
 * @param obstacles what is needed and cannot be done there
 */
record NodePlan(Host host, List<Change> changes, List<Problem> obstacles) {
    NodePlan {
        changes = List.copyOf(changes);
        obstacles = List.copyOf(obstacles);
    }

    static NodePlan of(Host host) {
        var changes = new ArrayList<Change>();
        var obstacles = new ArrayList<Problem>();
        for (var remedy : Remedies.all()) {
            try {
                remedy.on(host).ifPresent(changes::add);
            } catch (StrixhaloException e) {
                for (var problem : e.problems()) {
                    var told = problem.on(host.node().name());
                    if (!obstacles.contains(told)) obstacles.add(told);
                }
            }
        }
        return new NodePlan(host, changes, obstacles);
    }

    String node() {
        return host.node().name();
    }

    /** A run that was cut off or failed there; it is finished before anything else is done. */
    Optional<Journal.Run> unfinished() {
        return host.state().journal().unfinished();
    }

    boolean nothingToDo() {
        return changes.isEmpty() && unfinished().isEmpty();
    }

    /** Whether users of other nodes are to be let in, which comes last. */
    boolean letsOthersIn() {
        return changes.stream().anyMatch(change -> change.id().equals(NodeKeys.LOGINS));
    }

    /** The same with no other changes than these. */
    NodePlan only(Set<String> ids) {
        return new NodePlan(
                host,
                changes.stream().filter(change -> ids.contains(change.id())).toList(),
                obstacles);
    }

    NodePlan without(String id) {
        return new NodePlan(
                host, changes.stream().filter(change -> !change.id().equals(id)).toList(), obstacles);
    }

    /** What the changes need before they hold. */
    Set<Afterwards> needs() {
        var needs = EnumSet.noneOf(Afterwards.class);
        changes.forEach(change -> needs.addAll(change.needs()));
        return needs;
    }

    /** What was set earlier and does not hold yet. */
    Set<Afterwards> due() {
        var due = EnumSet.noneOf(Afterwards.class);
        boolean booted = host.facts()
                .arguments()
                .map(a -> Arguments.missing(a, host.wishes().wanted().kernelArguments())
                        .none())
                .find()
                .orElse(true);
        if (!booted && host.wishes().kernelArguments() && bootLoaderIsRight()) due.add(Afterwards.REBOOT);
        boolean manager = host.state().content(Limits.MANAGER).contains("LimitMEMLOCK=infinity")
                && host.state()
                        .managerLimit()
                        .map(limit -> !limit.equals("unlimited"))
                        .find()
                        .orElse(false);
        if (manager && !host.root()) due.add(Afterwards.USER_MANAGER);
        return due;
    }

    private boolean bootLoaderIsRight() {
        try {
            return KernelArguments.draft(host).isEmpty();
        } catch (StrixhaloException e) {
            // It stands among the obstacles; a reboot would change nothing.
            return false;
        }
    }
}
