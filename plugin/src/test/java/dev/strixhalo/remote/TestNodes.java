package dev.strixhalo.remote;

import dev.strixhalo.cluster.Cluster;
import java.util.List;

/** Lets tests of other rooms make {@link Nodes} of connections of theirs. */
public final class TestNodes {
    private TestNodes() {}

    public static Nodes of(Cluster cluster, List<? extends NodeConnection> connections) {
        return new Nodes(cluster, List.copyOf(connections));
    }
}
