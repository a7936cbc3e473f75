package dev.strixhalo.cluster;

import org.jspecify.annotations.Nullable;

/** A node as it was written down, nothing checked yet; a null is an element that is not there. */
public record NodeDescription(
        @Nullable String name,
        @Nullable String host,
        @Nullable String user,
        @Nullable String fabricAddress,
        @Nullable String fabricInterface) {}
