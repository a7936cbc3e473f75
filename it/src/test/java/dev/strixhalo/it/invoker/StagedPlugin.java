package dev.strixhalo.it.invoker;

import dev.strixhalo.base.Amount;
import dev.strixhalo.cluster.Cluster;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * The plugin as this build made it, in a local repository of its own, so that no {@code mvn install} is needed and none that
 * was made before is used by mistake. Everything else comes from the machine's local repository, as if it were a remote one.
 *
 * @param version    of the plugin
 * @param settings   the settings.xml that runs of Maven are given
 */
record StagedPlugin(String version, Path settings) {
    private static final String GROUP = "dev/strixhalo";

    /**
     * Lays the artefacts out.
     *
     * @param folder where the repository and settings.xml go
     */
    static StagedPlugin in(Path folder) throws IOException {
        var sources = Path.of(property("basedir"), "..").normalize();
        var version = property("it.version");
        var repository = folder.resolve("repository");
        stage(repository, version, "strixhalo-parent", sources.resolve("pom.xml"), null);
        // The POM that is published with the bundle: what it names no longer, the jar has inside.
        var reduced = sources.resolve("plugin/target/dependency-reduced-pom.xml");
        stage(repository, version, "strixhalo-maven-plugin", reduced, jarOf(Cluster.class));
        var settings = folder.resolve("settings.xml");
        Files.writeString(settings, """
                <settings>
                  <localRepository>%s</localRepository>
                  <mirrors>
                    <mirror><id>machine</id><mirrorOf>*</mirrorOf><url>%s</url></mirror>
                  </mirrors>
                </settings>
                """.formatted(
                        repository, Path.of(property("it.machine.repository")).toUri()));
        return new StagedPlugin(version, settings);
    }

    static String property(String name) {
        var value = System.getProperty(name);
        if (value == null) throw new IllegalStateException("-D" + name + " is not set: run these tests by mvn verify");
        return value;
    }

    private static void stage(Path repository, String version, String artifact, Path pom, @Nullable Path jar)
            throws IOException {
        var folder = repository.resolve(GROUP).resolve(artifact).resolve(version);
        Files.createDirectories(folder);
        var name = artifact + "-" + version;
        Files.copy(pom, folder.resolve(name + ".pom"), StandardCopyOption.REPLACE_EXISTING);
        if (jar != null) Files.copy(jar, folder.resolve(name + ".jar"), StandardCopyOption.REPLACE_EXISTING);
    }

    private static Path jarOf(Class<?> type) throws IOException {
        try {
            var jar = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            if (!Files.isRegularFile(jar))
                throw new IllegalStateException(jar + " is no jar: run these tests by mvn verify");
            if (Files.size(jar) < 10_000)
                throw new IllegalStateException(jar + " has only " + Amount.bytes(Files.size(jar)));
            return jar;
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }
}
