package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.Nodes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Takes a run of prepare back, as the journals of the nodes have it. The caller shows the plan and asks in between.
 *
 * @param force     whether what somebody has changed since is taken back, too
 * @param passwords where sudo's passwords come from
 * @param progress  takes what is done
 */
public record Undo(boolean force, Rights.Passwords passwords, Progress progress) {
    private static final Duration PATIENCE = Duration.ofHours(1);

    /**
     * What taking back a run would do; nothing is changed.
     *
     * @param name of the run; empty for the last one that is not taken back yet
     * @throws StrixhaloException when no node knows the run, or none has any
     */
    public UndoPlan plan(Nodes nodes, Optional<String> name) throws StrixhaloException {
        var states = nodes.onAll(HostState::look);
        var run = name.isPresent() ? name.get() : last(states);
        if (name.isPresent()) demandKnown(states, run);
        var plan = new UndoPlan(run);
        for (var entry : states.entrySet()) {
            var node = entry.getKey().name();
            var state = entry.getValue();
            var found = state.journal().find(run);
            if (found.isEmpty()) {
                plan.none(node, "has no run %s".formatted(run));
            } else if (found.get().undone()) {
                plan.none(node, "has taken run %s back already".formatted(run));
            } else {
                var rights = new Rights(nodes.of(entry.getKey()), state, passwords);
                plan.put(node, on(rights, run, "plan"));
                plan.running(node, state);
            }
        }
        return plan;
    }

    /**
     * Takes a run back on all nodes side by side; what somebody has changed since stays and is named.
     *
     * @throws StrixhaloException before anything is changed when containers run that it would end; else when a step cannot be
     *                            taken back, with what state the node is in
     */
    public UndoPlan take(Nodes nodes, UndoPlan plan) throws StrixhaloException {
        var done = new UndoPlan(plan.run());
        try (var step = progress.begin("undo")) {
            var states = nodes.onAll(HostState::look);
            states.forEach((node, state) -> plan.running(node.name(), state));
            plan.demandNoContainers();
            var rights = new HashMap<Node, Rights>();
            // Passwords first, one after the other: nobody can type while several nodes are worked on.
            for (var entry : states.entrySet()) {
                var node = entry.getKey();
                if (plan.changed().contains(node.name())) {
                    rights.put(node, new Rights(nodes.of(node), entry.getValue(), passwords));
                }
            }
            var results = nodes.onAll(connection -> {
                var right = rights.get(connection.node());
                if (right == null) return Optional.<CommandResult>empty();
                step.note(connection.node().name(), "taking back");
                return Optional.of(on(right, plan.run(), "do"));
            });
            for (var entry : results.entrySet()) {
                if (entry.getValue().isPresent()) {
                    done.put(entry.getKey().name(), entry.getValue().get());
                }
            }
            step.done("run %s is taken back%s"
                    .formatted(plan.run(), done.kept().isEmpty() ? "" : ", but for what is named"));
        }
        return done;
    }

    private CommandResult on(Rights rights, String run, String mode) throws StrixhaloException {
        return rights.run(
                "taking changes back",
                Script.text("journal.sh", "undo.sh"),
                "",
                List.of(Journal.FOLDER, run, force ? "yes" : "no", mode),
                PATIENCE,
                (stream, line) -> {});
    }

    private static String last(Map<Node, HostState> states) throws StrixhaloException {
        var left = new TreeSet<String>();
        boolean any = false;
        for (var state : states.values()) {
            any |= !state.journal().runs().isEmpty();
            state.journal().last().ifPresent(run -> left.add(run.name()));
        }
        if (!left.isEmpty()) return left.last();
        throw nothing(any);
    }

    /** @param any whether there are runs at all */
    private static StrixhaloException nothing(boolean any) {
        return Problem.of(
                        any
                                ? "Every run of prepare on these nodes is taken back already."
                                : "There is nothing to take back: no node has a journal of prepare.")
                .found(Journal.FOLDER + (any ? " holds undone runs only" : " does not exist there"))
                .fix("see what prepare would change: mvn strixhalo:prepare -Dstrixhalo.dryRun")
                .asException();
    }

    static void demandKnown(Map<Node, HostState> states, String run) throws StrixhaloException {
        var names = new TreeSet<String>();
        for (var state : states.values()) {
            if (state.journal().find(run).isPresent()) return;
            state.journal().runs().forEach(known -> names.add(known.name() + " (" + known.state() + ")"));
        }
        if (names.isEmpty()) throw nothing(false);
        throw Problem.of("No node knows a run '%s' of prepare.".formatted(run))
                .found("runs: " + String.join(", ", names))
                .fix("take one of those, or leave the name out for the last one: -Dstrixhalo.undo")
                .asException();
    }
}
