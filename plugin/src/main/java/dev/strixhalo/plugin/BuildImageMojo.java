package dev.strixhalo.plugin;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.image.BuiltImage;
import dev.strixhalo.image.Credentials;
import dev.strixhalo.image.ImageBuild;
import dev.strixhalo.image.RegistryCredential;
import dev.strixhalo.store.ContentStore;
import java.io.File;
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

    /** The folder of the cache, in which {@code store} keeps what was built; {@code ~/.cache/strixhalo} unless set. */
    @Parameter(property = "strixhalo.cache")
    private @Nullable File cache;

    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            var described = image == null ? new ImageConfiguration() : image;
            var recipe = described.toRecipe(workingFolder(), version(), revision());
            try (var store = ContentStore.open(surroundings().cache(cache).resolve("store"))) {
                var credentials = credentials("login of the base's registry", described.fromServer());
                new ImageBuild(store, credentials, Clock.systemUTC(), workingFolder(), progress())
                        .run(recipe, BuiltImage.file(records()));
            }
        });
    }

    private Credentials credentials(String name, @Nullable String server) throws StrixhaloException {
        RegistryCredential given = null;
        if (server != null) {
            var found = secrets().server(name, server);
            given = new RegistryCredential(found.user() == null ? "" : found.user(), found.password());
        }
        return new Credentials(surroundings().environment(), surroundings().home(), given);
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
