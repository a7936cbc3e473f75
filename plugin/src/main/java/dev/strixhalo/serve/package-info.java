/**
 * One model over all nodes: launched with Ray or without, watched until it really answers, shown, ended without a trace.
 * What runs inside a node's container is done by the node script; this room tells it what to do and judges what it says.
 * Knows {@code deploy}, {@code host}, {@code remote}, {@code cluster} and {@code base}. Start reading at
 * {@link dev.strixhalo.serve.Launch}.
 */
@NullMarked
package dev.strixhalo.serve;

import org.jspecify.annotations.NullMarked;
