package dev.strixhalo.plugin;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.image.BuiltImage;
import dev.strixhalo.image.Credentials;
import dev.strixhalo.image.ImageBuild;
import dev.strixhalo.image.OciArchive;
import dev.strixhalo.image.OpenBase;
import dev.strixhalo.image.Push;
import dev.strixhalo.image.Recipe;
import dev.strixhalo.image.RegistryReference;
import dev.strixhalo.librccl.RcclChoice;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.PruneRule;
import java.io.File;
import java.nio.file.Path;
import java.time.Clock;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Builds the image: our files and yours as thin layers on a base that is not downloaded for it.
 *
 * <p>Of the base only its manifest and configuration are read. The layers, the new configuration and the manifests go
 * into the content store, from where {@code deploy} takes them, and {@code target/strixhalo/image.json} says what was
 * made. A second run without changes finds that out and does nothing.
 */
@Mojo(name = "build-image", defaultPhase = LifecyclePhase.PACKAGE, threadSafe = true, configurator = "strixhalo")
public final class BuildImageMojo extends Goal {
    /** What the image is made of: {@code <from>}, {@code <layers>} and more. */
    @Parameter
    private @Nullable ImageConfiguration image;

    /** The machines, of which one that has the base is asked what it holds of RCCL, unless {@code <rccl>} is {@code stock}. */
    @Parameter
    private @Nullable ClusterConfiguration cluster;

    /** What build-rccl is told; of it this goal reads {@code <target>}. */
    @Parameter
    private RcclConfiguration rccl = new RcclConfiguration();

    /** The folder of the cache, in which {@code store} keeps what was built; {@code ~/.cache/strixhalo} unless set. */
    @Parameter(property = "strixhalo.cache")
    private @Nullable File cache;

    /**
     * A file to which the image is also written, as an OCI archive. Thin unless {@code withBase} is set: it holds our
     * layers only, its name gets {@code .thin}, and {@code podman load} takes it where the base image is.
     */
    @Parameter(property = "strixhalo.archive")
    private @Nullable File archive;

    /** Whether {@code archive} holds the base's layers too; they are fetched from where the base comes from. */
    @Parameter(property = "strixhalo.withBase", defaultValue = "false")
    private boolean withBase;

    /**
     * What goes from the content store after the build: {@code old} (of each image name all but the three used last, unless
     * used within 14 days; copies of the base's layers stay only with the latter), {@code all} (whatever is neither this
     * image nor in use by another run), or {@code none}.
     */
    @Parameter(property = "strixhalo.prune", defaultValue = "old")
    private String prune = "old";

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            var described = image == null ? new ImageConfiguration() : image;
            var recipe = described.toRecipe(workingFolder(), version(), revision());
            var rule = PruneRule.parse(prune);
            try (var store = ContentStore.open(surroundings().cache(cache).resolve("store"))) {
                var credentials = registryLogin("login of the base's registry", described.fromServer());
                var chosen = choice(described, recipe, credentials, store);
                var built = new ImageBuild(store, credentials, Clock.systemUTC(), workingFolder(), progress())
                        .run(chosen.in(recipe), BuiltImage.file(records()));
                Push.BaseSource base = () -> OpenBase.of(built.base(), credentials, store, progress()::warn);
                if (archive != null) archive(built, archive.toPath(), store, base);
                var registry = described.registry();
                if (registry != null) {
                    var login = registryLogin("login of the registry to push to", described.registryServer());
                    new Push(store, login, progress()).run(built, RegistryReference.parse(registry), base);
                }
                var state = rule.isPresent()
                        ? store.prune(rule.get()).summary()
                        : Amount.bytes(store.totalSize()) + ", nothing pruned";
                progress().line("store", "%s  in %s".formatted(state, store.folder()));
            }
        });
    }

    private RcclChoice choice(ImageConfiguration described, Recipe recipe, Credentials credentials, ContentStore store)
            throws StrixhaloException {
        if (described.rccl() == RcclChoice.Mode.stock) return RcclChoice.unseen();
        String imageId;
        try (var base = OpenBase.open(recipe.base(), credentials, store, progress()::warn)) {
            imageId = base.image().imageId().value();
        }
        var machines = cluster == null ? null : cluster.toCluster();
        var facts = surroundings().cache(cache).resolve("rccl");
        return new RcclSelection(records(), facts, rccl.target(), progress())
                .choose(
                        described.rccl(),
                        recipe.base().text(),
                        imageId,
                        described.rcclPaths(),
                        machines,
                        remoteSettings());
    }

    private void archive(BuiltImage built, Path file, ContentStore store, Push.BaseSource source)
            throws StrixhaloException {
        var writer = new OciArchive(store, workingFolder(), progress());
        if (!withBase) {
            writer.thin(built, file);
            return;
        }
        try (var base = source.open()) {
            writer.complete(built, file, base);
        }
    }

    /** The commit that is checked out; who builds outside of git, or without it, has none, and that is no mistake. */
    private @Nullable String revision() {
        try {
            var result =
                    Program.of("git", "rev-parse", "HEAD").in(workingFolder()).run();
            return result.succeeded() ? result.text().strip() : null;
        } catch (StrixhaloException e) {
            getLog().debug("no revision", e);
            return null;
        }
    }
}
