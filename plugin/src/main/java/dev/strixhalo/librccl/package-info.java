/**
 * RCCL where it meets nodes and images: compiled on a node ({@link dev.strixhalo.librccl.NodeToolchain}), looked for in a base
 * image without bringing that image here, and chosen: the base's own or ours. Knows the RCCL library, {@code image}, {@code
 * host}, {@code remote}, {@code cluster} and {@code base}. Start reading at {@link dev.strixhalo.librccl.NodeToolchain}.
 */
@NullMarked
package dev.strixhalo.librccl;

import org.jspecify.annotations.NullMarked;
