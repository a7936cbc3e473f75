package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Writes a commented pom.xml for two nodes into the current folder.
 *
 * <p>Edit the two host names in it, and {@code mvn strixhalo:build-image strixhalo:deploy strixhalo:launch} is all that is
 * left to say. A file that is there is never overwritten. In an empty folder Maven knows no prefix, so the goal is called
 * by its full name: {@code mvn dev.strixhalo:strixhalo-maven-plugin:init}.
 */
@Mojo(name = "init", requiresProject = false, threadSafe = true, configurator = "strixhalo")
public final class InitMojo extends Goal {
    @Override
    public void execute() throws MojoFailureException, MojoExecutionException {
        report(() -> {
            var pom = workingFolder().resolve("pom.xml");
            write(pom, text());
            progress().line("wrote", pom.toString());
            progress().line("next", "edit the two <host> names in it, then:");
            progress().line("next", "mvn strixhalo:build-image strixhalo:deploy strixhalo:launch");
        });
    }

    private String text() throws StrixhaloException {
        try (var template = InitMojo.class.getResourceAsStream("init-pom.xml")) {
            if (template == null) throw new IllegalStateException("init-pom.xml is missing in the plugin's jar");
            return new String(template.readAllBytes(), StandardCharsets.UTF_8).replace("@version@", version());
        } catch (IOException e) {
            throw new IllegalStateException("init-pom.xml in the plugin's jar", e);
        }
    }

    private static void write(Path pom, String text) throws StrixhaloException {
        try {
            Files.writeString(pom, text, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw Problem.of("There is a pom.xml already; it is not overwritten.")
                    .found(pom.toString())
                    .fix("go to an empty folder and call the goal there")
                    .fix("add the plugin to this pom by hand; the one that an empty folder gets shows how")
                    .asException(e);
        } catch (IOException e) {
            throw Problem.of("%s cannot be written.".formatted(pom))
                    .found(e.toString())
                    .fix("make the folder writable, or go to another")
                    .asException(e);
        }
    }
}
