package dev.strixhalo.image;

import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.Digest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An image in a registry.
 *
 * @param text       as the user wrote it
 * @param registry   host and port as podman writes them, for example {@code docker.io}
 * @param repository for example {@code kyuz0/vllm-therock-gfx1151}
 * @param tag        {@code latest} unless another tag or only a digest was written
 * @param digest     null when none was written
 */
public record RegistryReference(
        String text,
        String registry,
        String repository,
        @Nullable String tag,
        @Nullable Digest digest) implements BaseReference {
    private static final String HUB = "registry-1.docker.io";

    /** @throws StrixhaloException when the text is no reference of an image */
    public static RegistryReference parse(String text) throws StrixhaloException {
        try {
            var parsed = ImageReference.parse(text);
            var digest = parsed.getDigest();
            return new RegistryReference(
                    text,
                    parsed.getRegistry().equals(HUB) ? "docker.io" : parsed.getRegistry(),
                    parsed.getRepository(),
                    parsed.getTag().orElse(null),
                    digest.isPresent() ? Digest.parse(digest.get()) : null);
        } catch (InvalidImageReferenceException e) {
            throw Problem.of("This is not the name of an image.")
                    .found("'" + text + "'")
                    .fix("write host/repository:tag or host/repository@sha256:…, all lower case, without https://")
                    .asException(e);
        }
    }

    /** What a registry is asked for: the digest if one was written, else the tag. */
    String qualifier() {
        return digest != null ? digest.value() : Optional.ofNullable(tag).orElse("latest");
    }

    /** The same image by its digest, in full, as any podman understands it. */
    public String pinned(Digest manifest) {
        return registry + "/" + repository + "@" + manifest;
    }

    /** Host and repository without tag and digest. */
    public String name() {
        return registry + "/" + repository;
    }

    ImageReference jib() {
        return ImageReference.of(registry.equals("docker.io") ? HUB : registry, repository, qualifier());
    }
}
