/**
 * The goals: what a user may write in a pom or after {@code -D}, checked and handed to the rooms that do the work, and
 * how progress and errors look. The only room that knows Maven; it knows all other rooms. Start reading at
 * {@link dev.strixhalo.plugin.Goal}, then at any {@code …Mojo}.
 */
@NullMarked
package dev.strixhalo.plugin;

import org.jspecify.annotations.NullMarked;
