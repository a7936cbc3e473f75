package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.serve.Logs;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Prints what Ray, vLLM and the ranks of the last launch said, all nodes in one stream by time, with the name of the node in
 * each line. Works with dead containers, too.
 */
@Mojo(name = "logs", requiresProject = false, threadSafe = true, configurator = "strixhalo")
public final class LogsMojo extends Goal {
    /** The machines and the link between them. */
    @Parameter
    private ClusterConfiguration cluster = new ClusterConfiguration();

    /** Whether to go on with whatever comes, until Ctrl-C. */
    @Parameter(property = "strixhalo.follow", defaultValue = "false")
    private boolean follow;

    /** Name of the one node that is wanted; all unless said otherwise. */
    @Parameter(property = "strixhalo.node")
    private @Nullable String node;

    /** How many lines of each part of each node. */
    @Parameter(property = "strixhalo.lines", defaultValue = "100")
    private int lines;

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            var machines = cluster.toCluster();
            if (lines < 0) {
                throw Problem.of("<lines> is %d.".formatted(lines))
                        .fix("0 or more")
                        .asException();
            }
            try (var nodes = Nodes.reach(machines, remoteSettings())) {
                var logs = new Logs(nodes, node, lines);
                if (follow) logs.follow(entry -> output().println(entry), this::warn);
                else logs.read(this::warn).forEach(entry -> output().println(entry));
            }
        });
    }

    private void warn(Problem problem) {
        getLog().warn(problem.sentence());
    }
}
