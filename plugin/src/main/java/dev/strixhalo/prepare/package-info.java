/**
 * Hosts made right, and put back: what doctor finds wrong becomes a plan, the plan is shown, applied and written into a
 * journal on the node, and the journal can be taken back. A kind of change is a class of its own: state of a node in,
 * {@code Change} out, a value of steps and their undoing. No step runs before its journal entry is on the node's disk.
 * Knows {@code doctor}, {@code host}, {@code remote}, {@code cluster} and {@code base}. Start reading at
 * {@code Preparation}.
 */
@NullMarked
package dev.strixhalo.prepare;

import org.jspecify.annotations.NullMarked;
