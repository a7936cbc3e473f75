/**
 * What a node is: facts that one read-only script brings in one round trip, parsed into values. No judgement here; doctor
 * and deploy judge the same facts. Knows {@code remote}, {@code cluster} and {@code base}. Start reading at
 * {@link dev.strixhalo.host.NodeFacts}.
 */
@NullMarked
package dev.strixhalo.host;

import org.jspecify.annotations.NullMarked;
