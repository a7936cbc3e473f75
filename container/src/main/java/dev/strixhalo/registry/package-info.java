/**
 * The registry of one run: serves one image to the nodes, read only, over HTTPS on the loopback, and tells who took which
 * byte. Knows the JDK, {@code base} and {@code store}. Start reading at {@link dev.strixhalo.registry.EmbeddedRegistry}.
 */
@NullMarked
package dev.strixhalo.registry;

import org.jspecify.annotations.NullMarked;
