package dev.strixhalo.it.invoker;

import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A project of a test's own that does nothing but have the plugin.
 *
 * @param plugin as this build made it
 * @param folder of its pom.xml
 */
record Project(StagedPlugin plugin, Path folder) {
    /** Where the projects of all tests lie, beside the plugin that they share. */
    static Path all() {
        return Path.of(StagedPlugin.property("basedir"), "target", "invoker");
    }

    /**
     * Makes one.
     *
     * @param name          begins the folder's; blanks and umlauts in it are welcome
     * @param configuration of the plugin, as XML
     * @param executions    of the plugin, as XML; empty without any
     */
    static Project of(StagedPlugin plugin, String name, String configuration, String executions) throws IOException {
        var folder = Files.createTempDirectory(all(), name);
        write(plugin, folder, configuration, executions);
        return new Project(plugin, folder);
    }

    /** The pom of a project that lies in this folder, in place of the one before. */
    static void write(StagedPlugin plugin, Path folder, String configuration, String executions) throws IOException {
        Files.writeString(folder.resolve("pom.xml"), """
                <project xmlns="http://maven.apache.org/POM/4.0.0">
                  <modelVersion>4.0.0</modelVersion>
                  <groupId>it</groupId><artifactId>it</artifactId><version>1</version><packaging>pom</packaging>
                  <build><plugins><plugin>
                    <groupId>dev.strixhalo</groupId><artifactId>strixhalo-maven-plugin</artifactId><version>%s</version>
                    <configuration>%s</configuration>
                    <executions>%s</executions>
                  </plugin></plugins></build>
                </project>
                """.formatted(plugin.version(), configuration, executions));
    }

    /** What the goals left under {@code target}. */
    Path records() {
        return folder.resolve("target/strixhalo");
    }

    MavenRun mvn(String... arguments) throws StrixhaloException {
        return MavenRun.of(plugin, folder, arguments);
    }
}
