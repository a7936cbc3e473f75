package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import org.apache.maven.RepositoryUtils;
import org.apache.maven.execution.MavenSession;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;

/** Gets an artifact as Maven gets dependencies: from the local repository, else from those of the pom. */
final class ArtifactSource {
    private static final int SHORT = 3;

    private final RepositorySystem system;

    ArtifactSource(RepositorySystem system) {
        this.system = system;
    }

    /**
     * Resolves a library.
     *
     * @param coordinates {@code group:artifact:version}, or in full {@code group:artifact:tar.gz:gfx1151:version}
     * @throws StrixhaloException when it is nowhere
     */
    Path resolve(String coordinates, String target, MavenSession session) throws StrixhaloException {
        var parts = coordinates.strip().split(":");
        var whole = parts.length == SHORT
                ? "%s:%s:tar.gz:%s:%s".formatted(parts[0], parts[1], target, parts[2])
                : coordinates.strip();
        try {
            var project = session.getCurrentProject();
            var repositories = project == null
                    ? RepositoryUtils.toRepos(session.getRequest().getRemoteRepositories())
                    : project.getRemoteProjectRepositories();
            var request = new ArtifactRequest(new DefaultArtifact(whole), repositories, null);
            return system.resolveArtifact(session.getRepositorySession(), request)
                    .getArtifact()
                    .getFile()
                    .toPath();
        } catch (IllegalArgumentException e) {
            throw Problem.of("<artifact> is no artifact.")
                    .found("<artifact>" + coordinates + "</artifact>")
                    .fix("group:artifact:version of the project whose build ran strixhalo:build-rccl")
                    .asException(e);
        } catch (ArtifactResolutionException e) {
            throw Problem.of("The artifact with the library is not to be had.")
                    .found(String.valueOf(e.getMessage()))
                    .fix(
                            "run mvn install (or deploy) in the project that builds it, and name that repository in this pom")
                    .asException(e);
        }
    }
}
