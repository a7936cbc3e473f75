package dev.strixhalo.plugin;

import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.deploy.Cargo;
import dev.strixhalo.deploy.DeployRecord;
import dev.strixhalo.deploy.Deployment;
import dev.strixhalo.deploy.PullSource;
import dev.strixhalo.image.BuiltImage;
import dev.strixhalo.image.Credentials;
import dev.strixhalo.image.OpenBase;
import dev.strixhalo.image.Push;
import dev.strixhalo.image.RegistryReference;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.store.ContentStore;
import java.io.File;
import java.time.Clock;
import java.util.Optional;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Brings the image that build-image made to every node of the cluster and starts its container there. Nodes are looked at
 * first and nothing is changed unless all are fit; a gate tries the new image on every node before any is switched; the old
 * container is stopped and kept. A second run changes nothing.
 */
@Mojo(name = "deploy", requiresProject = true, threadSafe = true, configurator = "strixhalo")
public final class DeployMojo extends Goal {
    /** The machines and the link between them. */
    @Parameter
    private ClusterConfiguration cluster = new ClusterConfiguration();

    /** What build-image made; of it the goal reads the logins and {@code <registry>}, from which nodes pull if it is set. */
    @Parameter
    private ImageConfiguration image = new ImageConfiguration();

    /** How the container is made and where the base image comes from. */
    @Parameter
    private DeployConfiguration deploy = new DeployConfiguration();

    /** The folder for what may be lost, the content store among it; {@code ~/.cache/strixhalo} unless said otherwise. */
    @Parameter(property = "strixhalo.cache")
    private @Nullable File cache;

    /** Whether to say only what would be done on each node, and do nothing. */
    @Parameter(property = "strixhalo.dryRun", defaultValue = "false")
    private boolean dryRun;

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            var machines = cluster.toCluster();
            var settings = deploy.toSettings(machines.link());
            var built = BuiltImage.file(records()).read();
            try (var store = ContentStore.open(surroundings().cache(cache).resolve("store"));
                    var nodes = Nodes.connect(machines, remoteSettings())) {
                var login = registryLogin("login of the base's registry", image.fromServer());
                Push.BaseSource base = () -> OpenBase.of(built.base(), login, store, progress()::warn);
                var registry = image.registry();
                var published = registry == null ? null : published(RegistryReference.parse(registry), built);
                var cargo = Cargo.of(built, store, base, deploy.keepBase(), published, () -> baseLogin(built, login));
                var deployment = new Deployment(
                        nodes, cargo, settings, new Deployment.Author(by(), version()), Clock.systemUTC(), progress());
                if (dryRun) deployment.dryRun();
                else DeployRecord.file(records()).write(deployment.run());
            }
        });
    }

    private PullSource published(RegistryReference registry, BuiltImage built) throws StrixhaloException {
        var login = registryLogin("login of the registry that nodes pull from", image.registryServer());
        return new PullSource(registry.pinned(built.digest()), () -> login.forPodman(registry, progress()::warn));
    }

    private Optional<Secret> baseLogin(BuiltImage built, Credentials login) throws StrixhaloException {
        var pinned = built.base().pinned();
        return pinned == null ? Optional.empty() : login.forPodman(RegistryReference.parse(pinned), progress()::warn);
    }
}
