package dev.strixhalo.image;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;

/** Where a base image comes from: a registry, or an archive that {@code podman save} or {@code docker save} wrote. */
public sealed interface BaseReference permits RegistryReference, ArchiveReference {
    /** The word before the path of an archive, as skopeo and podman write it. */
    String ARCHIVE = "docker-archive:";

    /**
     * Reads what a user wrote in {@code <from>}.
     *
     * @param text   {@code docker.io/kyuz0/vllm-therock-gfx1151:latest}, {@code …@sha256:…} or {@code docker-archive:FILE}
     * @param folder what a relative path of an archive is relative to
     * @throws StrixhaloException when it is neither
     */
    static BaseReference parse(String text, Path folder) throws StrixhaloException {
        var trimmed = text.trim();
        if (trimmed.startsWith(ARCHIVE)) {
            var path = trimmed.substring(ARCHIVE.length());
            if (!path.isEmpty()) return new ArchiveReference(trimmed, folder.resolve(path));
            throw Problem.of("The base image has no file name.")
                    .found("<from>" + text + "</from>")
                    .fix("write docker-archive:FILE with the file that podman save wrote")
                    .asException();
        }
        if (trimmed.endsWith(".tar") || trimmed.startsWith("/") || trimmed.startsWith("./")) {
            throw Problem.of("The base image looks like a file, but is written like the name of an image.")
                    .found("<from>" + text + "</from>")
                    .fix("<from>" + ARCHIVE + trimmed + "</from>")
                    .asException();
        }
        return RegistryReference.parse(trimmed);
    }

    /** As the user wrote it. */
    String text();
}
