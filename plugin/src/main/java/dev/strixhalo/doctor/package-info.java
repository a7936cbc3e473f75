/**
 * Whether the nodes are fit, check by check: facts of all nodes in, findings out, without any I/O but the look itself and
 * the two reports. An area of checks is a class of its own; a new check is a method there and a line in its list. Knows
 * {@code host}, {@code remote}, {@code cluster}, {@code run} and {@code base}. Start reading at
 * {@link dev.strixhalo.doctor.Doctor}.
 */
@NullMarked
package dev.strixhalo.doctor;

import org.jspecify.annotations.NullMarked;
