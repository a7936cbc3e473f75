package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes hosts right: looks, plans, applies, and sees to what a change needs before it holds. The caller shows a plan and asks
 * before it is applied; {@link Undo} takes a run back.
 *
 * @param wishes    what is to become of the nodes
 * @param passwords where sudo's passwords come from
 * @param clock     ours
 * @param progress  takes what is done
 */
public record Preparation(Wishes wishes, Rights.Passwords passwords, Clock clock, Progress progress) {
    private static final DateTimeFormatter RUN =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private static final List<String> DEVICES = List.of("/dev/kfd", "/dev/dri", "/dev/infiniband");
    private static final Duration SHORT = Duration.ofMinutes(2);

    /**
     * What was applied.
     *
     * @param run   its name in the nodes' journals
     * @param nodes what was changed on each
     */
    public record Applied(String run, Map<Node, Set<String>> nodes) {
        public Applied {
            nodes = Map.copyOf(nodes);
        }

        /** Checks of doctor that the changes were for, by the names of nodes. */
        public Map<String, Set<String>> healed(Cluster cluster) {
            var healed = new HashMap<String, Set<String>>();
            for (var node : cluster.nodes()) {
                var checks = new TreeSet<String>();
                for (var remedy : Remedies.all()) {
                    if (nodes.getOrDefault(node, Set.of()).contains(remedy.id())) checks.addAll(remedy.heals());
                }
                healed.put(node.name(), checks);
            }
            return healed;
        }
    }

    /** Looks at all nodes and plans; nothing is changed. */
    public Plan plan(Nodes nodes) throws StrixhaloException {
        var looks =
                BootEntries.opened(nodes.onAll(connection -> look(connection, nodes.cluster())), nodes::of, passwords);
        var all = new ArrayList<NodePlan>();
        for (var look : looks.values()) {
            var others = looks.entrySet().stream()
                    .filter(other -> !other.getKey().equals(look.node()))
                    .map(other -> Neighbour.of(
                            other.getKey(),
                            other.getValue().facts(),
                            other.getValue().state()))
                    .toList();
            all.add(NodePlan.of(with(look, others)));
        }
        return new Plan(all);
    }

    /** The plan as a record that says that it was not applied. */
    public PrepareRecord record(Plan plan, Cluster cluster) {
        return PrepareRecord.of(plan, cluster.name(), "", clock.instant());
    }

    /** The plan as the record of what was applied. */
    public PrepareRecord record(Plan plan, Cluster cluster, Applied applied) {
        return PrepareRecord.of(plan, cluster.name(), applied.run(), clock.instant());
    }

    private static Host with(Host look, List<Neighbour> others) {
        return new Host(look.node(), look.cluster(), look.facts(), look.state(), look.wishes(), others);
    }

    private Host look(NodeConnection connection, Cluster cluster) throws StrixhaloException {
        var node = connection.node();
        var peers = cluster.nodes().stream()
                .filter(other -> !other.equals(node))
                .map(other -> other.fabric().address())
                .toList();
        var facts = HostFacts.look(connection, cluster.name(), peers, DEVICES, clock);
        return new Host(node, cluster, facts, HostState.look(connection), wishes, List.of());
    }

    /**
     * Carries a plan out, on all nodes side by side. A run that was cut off is finished first, and what then is left of the
     * plan is done.
     *
     * @throws StrixhaloException when a step fails, with what state the node is in; the other nodes go on
     */
    public Applied apply(Nodes nodes, Plan plan) throws StrixhaloException {
        var run = RUN.format(clock.instant());
        var rights = new HashMap<String, Rights>();
        for (var each : plan.nodes()) {
            if (each.nothingToDo()) continue;
            rights.put(
                    each.node(),
                    new Rights(nodes.of(each.host().node()), each.host().state(), passwords));
        }
        // Of all nodes before any is changed: a wrong password on one must not leave the others changed.
        nodes.onAll(connection -> {
            var right = rights.get(connection.node().name());
            if (right != null) right.prove();
            return true;
        });
        try (var step = progress.begin("apply")) {
            var first = nodes.onAll(connection -> {
                var mine = plan.of(connection.node());
                var right = rights.get(mine.node());
                return right == null ? Made.NOTHING : apply(connection, mine, right, run, nodes.cluster(), step);
            });
            var done = new LinkedHashMap<Node, Set<String>>();
            first.forEach((node, made) -> done.put(node, made.changes()));
            if (plan.nodes().stream().anyMatch(NodePlan::letsOthersIn)) {
                // Anew: the keys that the first part has made are known now.
                var now = plan(nodes);
                nodes.onAll(connection -> {
                            var node = connection.node();
                            var right = rights.get(node.name());
                            var mine = now.of(node).only(Set.of(NodeKeys.LOGINS));
                            if (right == null
                                    || !plan.of(node).letsOthersIn()
                                    || mine.changes().isEmpty()) return false;
                            demandKeys(mine);
                            return new Application(connection, mine, right, step)
                                    .goOn(
                                            run,
                                            Objects.requireNonNull(first.get(node))
                                                    .steps());
                        })
                        .forEach((node, more) -> {
                            if (more) done.merge(node, Set.of(NodeKeys.LOGINS), Preparation::both);
                        });
            }
            var count = done.values().stream().mapToInt(Set::size).sum();
            step.done("%d %s made; journal of run %s".formatted(count, count == 1 ? "change" : "changes", run));
            return new Applied(run, done);
        }
    }

    /**
     * What the first part of a run has done.
     *
     * @param changes by their ids
     * @param steps   that stand in the run's program
     */
    private record Made(Set<String> changes, int steps) {
        static final Made NOTHING = new Made(Set.of(), 0);
    }

    private static Set<String> both(Set<String> some, Set<String> more) {
        var all = new TreeSet<>(some);
        all.addAll(more);
        return all;
    }

    private static void demandKeys(NodePlan plan) throws StrixhaloException {
        for (var change : plan.changes()) {
            for (var step : change.steps()) {
                if (step instanceof Step.Lines lines && !lines.awaited().isEmpty()) {
                    throw Problem.of("A key was to be made on another node, and is not there: %s."
                                    .formatted(String.join("; ", lines.awaited())))
                            .on(plan.node())
                            .fix("look there: ls -l ~/.ssh, then run the goal again")
                            .asException();
                }
            }
        }
    }

    private Made apply(
            NodeConnection connection, NodePlan plan, Rights rights, String run, Cluster cluster, Progress.Step step)
            throws StrixhaloException {
        var unfinished = plan.unfinished();
        var now = plan;
        var made = new TreeSet<String>();
        if (unfinished.isPresent()) {
            new Application(connection, plan, rights, step).finish(unfinished.get());
            progress.line(
                    connection.node().name(),
                    "run %s is finished".formatted(unfinished.get().name()));
            var shown = new HashSet<String>();
            plan.changes().forEach(change -> shown.add(change.id()));
            // What nobody has seen in a plan is not done.
            now = NodePlan.of(with(look(connection, cluster), plan.host().others()))
                    .only(shown);
            made.addAll(shown);
        }
        now = now.without(NodeKeys.LOGINS);
        if (!now.changes().isEmpty()) new Application(connection, now, rights, step).make(run);
        now.changes().forEach(change -> made.add(change.id()));
        made.remove(NodeKeys.LOGINS);
        int steps = now.changes().stream().mapToInt(c -> c.steps().size()).sum();
        return new Made(made, steps);
    }

    /**
     * Sees to what changes need: managers of users are started anew where no container runs under them.
     *
     * @param nodes   connections that were opened after the changes
     * @param now     a plan made over them
     * @param applied what was changed before; null when nothing was
     * @return what is still due, by node
     */
    public Map<Node, Set<Afterwards>> settle(Nodes nodes, Plan now, @Nullable Applied applied)
            throws StrixhaloException {
        var due = new LinkedHashMap<Node, Set<Afterwards>>();
        for (var plan : now.nodes()) {
            var node = plan.host().node();
            var needs = EnumSet.noneOf(Afterwards.class);
            needs.addAll(plan.due());
            var made = applied == null ? Set.<String>of() : applied.nodes().getOrDefault(node, Set.of());
            boolean asks = made.contains("memlock") || made.contains("groups");
            if ((asks || needs.contains(Afterwards.USER_MANAGER))
                    && !plan.host().root()) {
                if (restartManager(nodes.of(node), plan)) needs.remove(Afterwards.USER_MANAGER);
                else needs.add(Afterwards.USER_MANAGER);
            }
            due.put(node, needs);
        }
        return due;
    }

    private boolean restartManager(NodeConnection connection, NodePlan plan) throws StrixhaloException {
        var node = connection.node().name();
        var state = plan.host().state();
        if (state.containers() > 0) {
            progress.warn("%s: %s; take them down (mvn strixhalo:remove), then: sudo systemctl restart user@%s"
                    .formatted(node, state.runningContainers(), state.uid()));
            return false;
        }
        var rights = new Rights(connection, state, passwords);
        var result = rights.run(
                "restarting the user's manager",
                Script.text("restart-manager.sh"),
                "",
                List.of(state.uid()),
                SHORT,
                (stream, line) -> {});
        result.orFail();
        progress.line(
                node,
                "the manager of '%s' was started anew, with the limits and groups of now".formatted(state.user()));
        return true;
    }

    /** Root's rights on a node, for what else has to be done there. */
    Rights rights(NodeConnection connection) throws StrixhaloException {
        return new Rights(connection, HostState.look(connection), passwords);
    }
}
