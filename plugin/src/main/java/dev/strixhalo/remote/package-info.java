/**
 * Running commands on nodes: one SSH session per node and goal, or this machine itself when a node's host is
 * {@code local}. A command is a value; one class turns it into shell text; one class knows JSch. Host keys are strict,
 * every wait has a time-out, and both nodes work side by side. Knows {@code cluster} and {@code base}. Start reading at
 * {@link dev.strixhalo.remote.Nodes}.
 */
@NullMarked
package dev.strixhalo.remote;

import org.jspecify.annotations.NullMarked;
