package dev.strixhalo.plugin;

import dev.strixhalo.deploy.Removal;
import dev.strixhalo.image.BuiltImage;
import dev.strixhalo.remote.Nodes;
import java.time.Instant;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Takes the cluster off its nodes: ends what runs there and removes containers, records and logs; images and caches on
 * demand. Works with an empty target folder; a second run finds nothing to remove.
 */
@Mojo(name = "remove", requiresProject = false, threadSafe = true, configurator = "strixhalo")
public final class RemoveMojo extends Goal {
    /** The machines and the link between them. */
    @Parameter
    private ClusterConfiguration cluster = new ClusterConfiguration();

    /** Whether images go too: ours, and the base when build-image's record names it and nothing else uses it. */
    @Parameter(property = "strixhalo.images", defaultValue = "false")
    private boolean images;

    /** Whether the node user's caches go too: downloaded weights, and what vLLM and Triton compiled. */
    @Parameter(property = "strixhalo.caches", defaultValue = "false")
    private boolean caches;

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            var machines = cluster.toCluster();
            var bases = BuiltImage.file(records())
                    .readIfPresent()
                    .map(built -> List.of(built.base().imageId().hex()))
                    .orElse(List.of());
            try (var nodes = Nodes.connect(machines, remoteSettings())) {
                new Removal(nodes, images, caches, progress()).run(by(), Instant.now(), images ? bases : List.of());
            }
        });
    }
}
