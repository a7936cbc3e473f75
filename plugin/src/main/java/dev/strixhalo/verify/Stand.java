package dev.strixhalo.verify;

import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.FabricPort;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.host.NetworkInterface;
import dev.strixhalo.host.Reading;
import org.jspecify.annotations.Nullable;

/**
 * A node as it stands before the first measurement.
 *
 * @param node      the node
 * @param facts     its addresses, routes and RDMA ports
 * @param host      the node itself
 * @param container the cluster's container that runs there; null when none does
 * @param port      its RDMA port on the fabric
 * @param lan       its address on the LAN
 */
record Stand(
        Node node,
        HostFacts facts,
        Place host,
        @Nullable Place container,
        Reading<FabricPort> port,
        Reading<String> lan) {
    String fabric() {
        return node.fabric().address();
    }

    /** The interface that carries the fabric address; empty when none does. */
    String carrier() {
        return facts.carrier(fabric()).map(NetworkInterface::name).orElse("");
    }
}
