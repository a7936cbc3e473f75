/**
 * Real Maven runs of our goals as a user would type them, in a folder of their own and with a local repository of their own.
 * They reach no node: what is shown here is what the user sees before one is reached. Start reading at
 * {@link dev.strixhalo.it.invoker.GoalsIT}.
 */
@NullMarked
package dev.strixhalo.it.invoker;

import org.jspecify.annotations.NullMarked;
