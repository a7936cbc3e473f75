package dev.strixhalo.plugin;

import dev.strixhalo.cluster.NodeDescription;
import org.jspecify.annotations.Nullable;

/** An element {@code <node>} of {@code <cluster>}, as Maven fills it. */
public final class NodeConfiguration {
    /** How messages call it; {@code node1}, {@code node2}, … unless said otherwise. */
    private @Nullable String name;

    /** What one would type after {@code ssh}, for example {@code 10.0.0.11}; {@code local} is this machine. */
    private @Nullable String host;

    /** The login name there; what SSH would take unless said otherwise. */
    private @Nullable String user;

    /** Its address on the cable between the nodes with the prefix of the network, for example {@code 192.168.100.1/30}. */
    private @Nullable String fabricAddress;

    /** The interface that carries this address; found there unless said otherwise. */
    private @Nullable String fabricInterface;

    NodeDescription toDescription() {
        return new NodeDescription(name, host, user, fabricAddress, fabricInterface);
    }
}
