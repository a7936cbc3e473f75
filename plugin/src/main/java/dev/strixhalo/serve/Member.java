package dev.strixhalo.serve;

import dev.strixhalo.cluster.Node;

/**
 * A node that takes part in a launch.
 *
 * @param rank    its place in the cluster; the head is 0
 * @param script  the way to its node script
 * @param network how it reaches the others
 */
record Member(int rank, NodeScript script, NodeNetwork network) {
    Node node() {
        return script.node();
    }

    boolean head() {
        return rank == 0;
    }
}
