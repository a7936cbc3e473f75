package dev.strixhalo.registry;

import dev.strixhalo.store.Digest;

/**
 * How far a blob is on its way to a node.
 *
 * @param user   the node
 * @param digest of the blob
 * @param done   bytes that the node has, with those that it had before this request
 * @param total  size of the blob in bytes
 * @param stage  what just happened
 */
public record Transfer(String user, Digest digest, long done, long total, Stage stage) {
    /** The life of a transfer. */
    public enum Stage {
        STARTED,
        MOVING,
        FINISHED,
        /** The connection or the source broke; whoever pulls may ask again. */
        BROKEN
    }
}
