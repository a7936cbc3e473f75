/**
 * Blobs, manifests and the list of images on this machine's disk, and downloads that many readers follow at once. Knows
 * the JDK, Jackson and {@code base}; nothing of registries, recipes or nodes. Start reading at
 * {@link dev.strixhalo.store.ContentStore}.
 */
@NullMarked
package dev.strixhalo.store;

import org.jspecify.annotations.NullMarked;
