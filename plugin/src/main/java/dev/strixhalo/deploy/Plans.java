package dev.strixhalo.deploy;

import dev.strixhalo.cluster.Node;
import dev.strixhalo.remote.NodeConnection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The plans of all nodes, in the order of the nodes. */
record Plans(Map<Node, NodePlan> byNode) {
    Plans {
        byNode = Collections.unmodifiableMap(new LinkedHashMap<>(byNode));
    }

    NodePlan of(NodeConnection connection) {
        var plan = byNode.get(connection.node());
        if (plan == null)
            throw new IllegalStateException("no plan for " + connection.node().name());
        return plan;
    }

    List<NodePlan> all() {
        return List.copyOf(byNode.values());
    }

    /** What a switch would end; of all nodes that take part in it the first one tells. */
    Optional<Served> ends() {
        return byNode.values().stream().flatMap(plan -> plan.ends().stream()).findFirst();
    }

    boolean nothingToDo() {
        return byNode.values().stream().allMatch(NodePlan::nothingToDo);
    }
}
