package dev.strixhalo.image;

import dev.strixhalo.store.Digest;

/**
 * How a manifest names a blob (OCI image specification 1.1, "Descriptors").
 *
 * @param mediaType what it is
 * @param digest    its name
 * @param size      in bytes, as the manifest says
 */
public record Descriptor(String mediaType, Digest digest, long size) {}
