package dev.strixhalo.plugin;

import dev.strixhalo.remote.Nodes;
import dev.strixhalo.serve.Stop;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Ends the model on all nodes: vLLM first, then Ray; proves that processes, ports and shared memory are gone. The containers
 * stay and wait for the next launch. Harmless when nothing runs; needs no record on this side.
 */
@Mojo(name = "stop", requiresProject = false, threadSafe = true, configurator = "strixhalo")
public final class StopMojo extends Goal {
    /** The machines and the link between them. */
    @Parameter
    private ClusterConfiguration cluster = new ClusterConfiguration();

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            var machines = cluster.toCluster();
            try (var nodes = Nodes.reach(machines, remoteSettings())) {
                new Stop(nodes).run(progress());
            }
        });
    }
}
