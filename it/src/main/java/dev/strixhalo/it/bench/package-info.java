/**
 * The benchmark: what the goals take on the bed, each time against a rival that a user would take instead, in the same run.
 * Knows the bed, the stage and, from outside, the goals of the plugin; a contest knows no other. Start reading at
 * {@link dev.strixhalo.it.bench.Bench} and {@link dev.strixhalo.it.bench.Contest}.
 */
@NullMarked
package dev.strixhalo.it.bench;

import org.jspecify.annotations.NullMarked;
