package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The element {@code <cluster>}, as Maven fills it; nothing is checked before {@link #toCluster}. */
public final class ClusterConfiguration {
    /** Name of the cluster, part of the names of containers; {@code strix} unless said otherwise. */
    private @Nullable String name;

    /** What connects the nodes: {@code roce} (default), {@code infiniband} or {@code tcp}. */
    private @Nullable String link;

    /** The machines; the first is the head. */
    private @Nullable List<NodeConfiguration> nodes;

    /**
     * The cluster that was described.
     *
     * @throws StrixhaloException with everything that is wrong with the description
     */
    Cluster toCluster() throws StrixhaloException {
        if (name == null && link == null && nodes == null) {
            throw Problem.of("There is no <cluster>: which machines are meant is not said.")
                    .fix(
                            "write it into the plugin's <configuration>; mvn dev.strixhalo:strixhalo-maven-plugin:init in an empty folder shows how")
                    .asException();
        }
        var descriptions = new ArrayList<dev.strixhalo.cluster.NodeDescription>();
        // <node/> leaves a null in the list; it is described as a node of which nothing is said.
        for (var node : nodes == null ? List.<NodeConfiguration>of() : nodes) {
            descriptions.add((node == null ? new NodeConfiguration() : node).toDescription());
        }
        return Cluster.of(name, link, descriptions);
    }
}
