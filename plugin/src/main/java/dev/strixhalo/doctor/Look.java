package dev.strixhalo.doctor;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.remote.Nodes;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was seen of all nodes.
 *
 * @param facts       of the nodes that answered, in the order of the cluster
 * @param unreachable why the others did not
 */
record Look(Map<Node, HostFacts> facts, Map<Node, Problem> unreachable) {
    /** What the containers of the image open; RDMA's is judged apart, by its link. */
    private static final List<String> DEVICES = List.of("/dev/kfd", "/dev/dri", "/dev/infiniband");

    /** Looks at all nodes at once; one round trip each. */
    static Look at(Nodes nodes, Clock clock) throws StrixhaloException {
        var cluster = nodes.cluster();
        var failures = new ConcurrentHashMap<Node, Problem>();
        var seen = nodes.onAll(connection -> {
            var peers = cluster.nodes().stream()
                    .filter(other -> !other.equals(connection.node()))
                    .map(other -> other.fabric().address())
                    .toList();
            try {
                return Optional.of(HostFacts.look(connection, cluster.name(), peers, DEVICES, clock));
            } catch (StrixhaloException e) {
                failures.put(connection.node(), e.problems().get(0));
                return Optional.<HostFacts>empty();
            }
        });
        var facts = new LinkedHashMap<Node, HostFacts>();
        seen.forEach((node, its) -> its.ifPresent(known -> facts.put(node, known)));
        return new Look(facts, failures);
    }
}
