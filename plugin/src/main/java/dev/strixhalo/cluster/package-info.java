/**
 * The cluster as its owner describes it: nodes, the link between them, addresses on the fabric. Values only; whatever is
 * wrong with them is found while they are made, all of it at once. Knows {@code base}. Start reading at
 * {@link dev.strixhalo.cluster.Cluster}.
 */
@NullMarked
package dev.strixhalo.cluster;

import org.jspecify.annotations.NullMarked;
