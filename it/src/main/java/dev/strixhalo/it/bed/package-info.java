/**
 * The test bed: two nodes, an operator, a registry and a hub on one machine, everything real but the GPU and the NIC. Knows
 * the product from outside only: its base room, programs and files. Start reading at {@link dev.strixhalo.it.bed.BaseImage}.
 */
@NullMarked
package dev.strixhalo.it.bed;

import org.jspecify.annotations.NullMarked;
