/**
 * What rehearsals and the benchmark share: a user's Maven project on the bed's operator machine, the registry and the model
 * around it, questions to the model, what nodes say of themselves, and the report of steps. Knows the bed and, from outside, the goals of the
 * plugin; neither chapters nor contests. Start reading at {@link dev.strixhalo.it.stage.Stage}.
 */
@NullMarked
package dev.strixhalo.it.stage;

import org.jspecify.annotations.NullMarked;
