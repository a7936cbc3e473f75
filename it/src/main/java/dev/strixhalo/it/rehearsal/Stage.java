package dev.strixhalo.it.rehearsal;

import dev.strixhalo.it.bed.Bed;
import dev.strixhalo.it.bed.Machine;

/**
 * What the chapters play on.
 *
 * @param bed     the machines
 * @param options what the rehearsal was started with
 */
record Stage(Bed bed, Options options) {
    Machine operator() {
        return bed.operator();
    }

    Machine node1() {
        return bed.node("node1");
    }

    Machine node2() {
        return bed.node("node2");
    }
}
