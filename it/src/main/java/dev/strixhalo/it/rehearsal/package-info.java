/**
 * The whole chain on the bed, told as chapters of small steps: what a user would type, and what the nodes themselves say
 * afterwards. Knows the bed, the stage and, from outside, the goals of the plugin; none of its classes. Start reading at
 * {@link dev.strixhalo.it.rehearsal.Rehearsal}.
 */
@NullMarked
package dev.strixhalo.it.rehearsal;

import org.jspecify.annotations.NullMarked;
