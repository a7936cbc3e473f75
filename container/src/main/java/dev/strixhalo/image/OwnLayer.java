package dev.strixhalo.image;

import dev.strixhalo.store.Digest;

/**
 * A layer of ours, made and in the store.
 *
 * @param purpose  what it is for
 * @param digest   of the compressed tar
 * @param diffId   of the tar
 * @param size     of the compressed tar in bytes
 * @param unpacked of the tar in bytes
 * @param files    files and links in it; directories do not count
 * @param made     whether this build compressed it; else it was found in the store
 */
record OwnLayer(String purpose, Digest digest, Digest diffId, long size, long unpacked, int files, boolean made) {}
