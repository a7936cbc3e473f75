/**
 * What every other room stands on: a failure that says what to do ({@link dev.strixhalo.base.StrixhaloException}), progress
 * that a terminal and a build log can both show, secrets that do not print themselves, local programs that end with all
 * their children, and JSON records with a schema version. Knows the JDK and Jackson, nothing else. Start reading at
 * {@link dev.strixhalo.base.Problem}.
 */
@NullMarked
package dev.strixhalo.base;

import org.jspecify.annotations.NullMarked;
