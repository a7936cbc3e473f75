package dev.strixhalo.deploy;

import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import java.util.Optional;

/**
 * An image that nodes pull by themselves.
 *
 * @param reference by digest, as podman takes it
 * @param login     asked only when a node is about to pull
 */
public record PullSource(String reference, Login login) {
    /** Finds the login that this side knows for where the image lies. */
    public interface Login {
        /** One line as podman's {@code --authfile} has it; nothing when none is known, and the node's own is used. */
        Optional<Secret> line() throws StrixhaloException;
    }
}
