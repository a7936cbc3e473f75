package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import java.util.Map;
import java.util.Optional;
import org.apache.maven.settings.Server;
import org.apache.maven.settings.Settings;
import org.apache.maven.settings.building.SettingsProblem;
import org.apache.maven.settings.crypto.DefaultSettingsDecryptionRequest;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/** Finds secrets where Maven users keep them: servers of {@code settings.xml}, decrypted, and environment variables. */
final class Secrets {
    private final Settings settings;
    private final SettingsDecrypter decrypter;
    private final Map<String, String> environment;

    Secrets(Settings settings, SettingsDecrypter decrypter, Map<String, String> environment) {
        this.settings = settings;
        this.decrypter = decrypter;
        this.environment = environment;
    }

    /**
     * A server of {@code settings.xml}.
     *
     * @param user     its {@code <username>}, or null
     * @param password its {@code <password>}, decrypted
     */
    record Credential(@Nullable String user, Secret password) {}

    /**
     * A secret from the server that the pom names, else from an environment variable, else nothing.
     *
     * @param name     what it is, for messages: {@code API key}
     * @param server   id of a server of {@code settings.xml}, or null when the pom names none
     * @param variable name of the environment variable
     * @throws StrixhaloException when the named server is not there, or the value is no usable secret
     */
    Optional<Secret> find(String name, @Nullable String server, String variable) throws StrixhaloException {
        // An empty element takes back what a parent pom says.
        if (server != null && !server.isBlank())
            return Optional.of(server(name, server).password());
        var value = environment.get(variable);
        return value == null || value.isEmpty()
                ? Optional.empty()
                : Optional.of(Secret.of(name + " in $" + variable, value));
    }

    /**
     * A server of {@code settings.xml} with its password decrypted.
     *
     * @param name what it is for
     * @param id   its id
     * @throws StrixhaloException when there is none, it has no password, or the password cannot be decrypted
     */
    Credential server(String name, String id) throws StrixhaloException {
        var written = settings.getServer(id);
        if (written == null) {
            throw Problem.of("The %s is to come from server '%s' of settings.xml, which has no such server."
                            .formatted(name, id))
                    .fix(
                            "add to ~/.m2/settings.xml: <servers><server><id>%s</id><password>…</password></server></servers>"
                                    .formatted(id))
                    .asException();
        }
        var result = decrypter.decrypt(new DefaultSettingsDecryptionRequest(written));
        // It does not throw: a password that cannot be decrypted comes back as it was, with a problem beside it.
        for (var problem : result.getProblems()) {
            if (problem.getSeverity() == SettingsProblem.Severity.WARNING) continue;
            throw Problem.of("The password of server '%s' in settings.xml cannot be decrypted.".formatted(id))
                    .found(String.valueOf(problem.getMessage()))
                    .fix("mvn --encrypt-master-password, then mvn --encrypt-password, and ~/.m2/settings-security.xml")
                    .asException(problem.getException());
        }
        Server server = result.getServer();
        if (server.getPassword() == null) {
            throw Problem.of("Server '%s' of settings.xml has no <password>; the %s is read from there."
                            .formatted(id, name))
                    .fix("add <password>…</password> to it in ~/.m2/settings.xml")
                    .asException();
        }
        return new Credential(
                server.getUsername(), Secret.of("%s in server '%s'".formatted(name, id), server.getPassword()));
    }
}
