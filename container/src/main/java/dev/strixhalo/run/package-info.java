/**
 * A container as a value: what it may open, how much memory it may lock, what it sees of its host. Rendered once for
 * podman here; Quadlet, distrobox and Toolbx will render the same value. Knows {@code base}. Start reading at
 * {@link dev.strixhalo.run.ContainerSpec}.
 */
@NullMarked
package dev.strixhalo.run;

import org.jspecify.annotations.NullMarked;
