package dev.strixhalo.image;

import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import com.google.cloud.tools.jib.registry.credentials.CredentialRetrievalException;
import com.google.cloud.tools.jib.registry.credentials.DockerConfigCredentialRetriever;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds who we are at a registry: what the pom names comes first, then the files that {@code podman login} and {@code
 * docker login} write (with the helpers that they name), then the helpers that a registry is known for.
 *
 * <p>Order of the files as in containers-auth.json(5): {@code $REGISTRY_AUTH_FILE}, {@code
 * $XDG_RUNTIME_DIR/containers/auth.json}, {@code $XDG_CONFIG_HOME/containers/auth.json}, {@code
 * $DOCKER_CONFIG/config.json}, {@code ~/.docker/config.json}.
 */
public final class Credentials {
    private final Map<String, String> environment;
    private final Path home;
    private final @Nullable RegistryCredential given;

    /**
     * @param environment of this process, for the variables above
     * @param home        the user's home folder
     * @param given       from a server of {@code settings.xml}, or null
     */
    public Credentials(Map<String, String> environment, Path home, @Nullable RegistryCredential given) {
        this.environment = Map.copyOf(environment);
        this.home = home;
        this.given = given;
    }

    Optional<Credential> find(RegistryReference reference, Consumer<String> warnings) throws StrixhaloException {
        if (given != null)
            return Optional.of(Credential.from(given.user(), given.password().reveal()));
        var host = reference.jib().getRegistry();
        Consumer<LogEvent> log = event -> {
            if (event.getLevel() == LogEvent.Level.WARN || event.getLevel() == LogEvent.Level.ERROR) {
                warnings.accept(event.getMessage());
            }
        };
        for (var file : files()) {
            if (!Files.exists(file)) continue;
            try {
                var found = DockerConfigCredentialRetriever.create(host, file).retrieve(log);
                if (found.isPresent()) return found;
            } catch (IOException e) {
                throw Problem.of("The file with the logins of registries cannot be understood.")
                        .found(file + ": " + e.getMessage())
                        .fix("podman login " + reference.registry() + "   writes it anew; or mend its JSON")
                        .asException(e);
            }
        }
        try {
            return CredentialRetrieverFactory.forImage(reference.jib(), log, environment)
                    .wellKnownCredentialHelpers()
                    .retrieve();
        } catch (CredentialRetrievalException e) {
            throw Problem.of("The helper that keeps the login of %s failed.".formatted(reference.registry()))
                    .found(UpstreamFailure.rootMessage(e))
                    .fix("run the helper by hand, or podman login " + reference.registry())
                    .asException(e);
        }
    }

    private Set<Path> files() {
        var files = new LinkedHashSet<Path>();
        variable("REGISTRY_AUTH_FILE").map(Path::of).ifPresent(files::add);
        variable("XDG_RUNTIME_DIR")
                .map(folder -> Path.of(folder, "containers/auth.json"))
                .ifPresent(files::add);
        files.add(variable("XDG_CONFIG_HOME")
                .map(Path::of)
                .orElse(home.resolve(".config"))
                .resolve("containers/auth.json"));
        variable("DOCKER_CONFIG").map(folder -> Path.of(folder, "config.json")).ifPresent(files::add);
        files.add(home.resolve(".docker/config.json"));
        return files;
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
