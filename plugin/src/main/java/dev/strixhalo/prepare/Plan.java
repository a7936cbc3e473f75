package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.cluster.Node;
import java.util.ArrayList;
import java.util.List;

/** What is to be changed on all nodes, shown before anything is. */
public final class Plan {
    private final List<NodePlan> nodes;

    Plan(List<NodePlan> nodes) {
        this.nodes = List.copyOf(nodes);
    }

    List<NodePlan> nodes() {
        return nodes;
    }

    NodePlan of(Node node) {
        return nodes.stream()
                .filter(plan -> plan.host().node().equals(node))
                .findFirst()
                .orElseThrow();
    }

    /** Whether there is nothing to change on any node. */
    public boolean nothingToDo() {
        return nodes.stream().allMatch(NodePlan::nothingToDo);
    }

    /** What is needed and cannot be done by us. */
    public List<Problem> obstacles() {
        return nodes.stream().flatMap(plan -> plan.obstacles().stream()).toList();
    }

    /** The names of the nodes that would be changed. */
    public List<String> changed() {
        return nodes.stream()
                .filter(plan -> !plan.nothingToDo())
                .map(NodePlan::node)
                .toList();
    }

    /** All of it for people: files as differences, commands, and why. */
    public List<String> lines() {
        var lines = new ArrayList<String>();
        for (var plan : nodes) {
            if (!lines.isEmpty()) lines.add("");
            new PlanText(lines).node(plan);
        }
        return lines;
    }
}
