package dev.strixhalo.deploy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.host.Podman;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import dev.strixhalo.run.PodmanFlags;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The container of a cluster that a node has now; asked of the node, so that it holds with an empty {@code target/}.
 *
 * @param name     podman's name of it
 * @param imageId  {@code sha256:…}
 * @param settings digest of what it was made with
 * @param running  whether its main process is alive
 */
public record DeployedContainer(String name, String imageId, String settings, boolean running) {
    /**
     * The container that serves, or would: the one that runs, else the newest that has run.
     *
     * @return nothing when the cluster was never deployed to this node
     */
    public static Optional<DeployedContainer> current(NodeConnection connection, String cluster)
            throws StrixhaloException {
        return current(all(connection, cluster));
    }

    static List<Podman.Container> all(NodeConnection connection, String cluster) throws StrixhaloException {
        var command = RemoteCommand.of(
                "podman",
                "ps",
                "--all",
                "--no-trunc",
                "--format=json",
                "--filter=label=" + PodmanFlags.CLUSTER_LABEL + "=" + cluster);
        return Podman.containers(connection.run(command).orFail().text());
    }

    static Optional<DeployedContainer> current(List<Podman.Container> containers) {
        return containers.stream()
                .filter(c -> !c.state().equals("created"))
                .max(Comparator.comparing(Podman.Container::running).thenComparing(Podman.Container::created))
                .map(c -> new DeployedContainer(
                        c.name(), c.imageId(), c.labels().getOrDefault(PodmanFlags.SETTINGS_LABEL, ""), c.running()));
    }
}
