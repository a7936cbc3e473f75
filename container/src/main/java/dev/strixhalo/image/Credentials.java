package dev.strixhalo.image;

import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import com.google.cloud.tools.jib.registry.credentials.CredentialRetrievalException;
import com.google.cloud.tools.jib.registry.credentials.DockerConfigCredentialRetriever;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
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

    /**
     * The login for this registry as podman's {@code --authfile} has it (containers-auth.json(5)), in one line: for a node
     * that pulls from there by itself. Nothing when none is known.
     *
     * @param warnings takes what the user should know though it goes on
     * @throws StrixhaloException when a file or helper that should tell cannot
     */
    public Optional<Secret> forPodman(RegistryReference reference, Consumer<String> warnings)
            throws StrixhaloException {
        var found = find(reference, warnings);
        if (found.isEmpty()) return Optional.empty();
        var credential = found.get();
        var file = RecordFile.json().createObjectNode();
        var entry = file.putObject("auths").putObject(reference.registry());
        boolean token = credential.isOAuth2RefreshToken();
        var words = credential.getUsername() + ":" + (token ? "" : credential.getPassword());
        entry.put("auth", Base64.getEncoder().encodeToString(words.getBytes(StandardCharsets.UTF_8)));
        if (token) entry.put("identitytoken", credential.getPassword());
        return Optional.of(Secret.of("login of " + reference.registry(), file.toString()));
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
