/**
 * Brings an image to every node and puts a container of it to work there: look, plan, bring the bytes, gate, switch,
 * record. A plan is a value made from facts alone; what changes nodes is done by scripts of ours that stand in the
 * resources. All nodes are switched or none. Knows {@code host}, {@code remote}, {@code cluster} and the container
 * library. Start reading at {@link dev.strixhalo.deploy.Deployment}.
 */
@NullMarked
package dev.strixhalo.deploy;

import org.jspecify.annotations.NullMarked;
