package dev.strixhalo.cluster;

import org.jspecify.annotations.Nullable;

/**
 * One machine of the cluster.
 *
 * @param name   how messages call it
 * @param host   what one would type after {@code ssh}: a name, an address or an alias of {@code ~/.ssh/config};
 *               {@code local} is this machine, without SSH
 * @param user   the login name there, or null for what SSH would take
 * @param fabric its address on the link between the nodes
 * @param fabricInterface the interface that carries that address, or null to find it there
 */
public record Node(
        String name,
        String host,
        @Nullable String user,
        FabricAddress fabric,
        @Nullable String fabricInterface) {
    /** Whether this node is the machine that Maven runs on. */
    public boolean local() {
        return host.equals("local");
    }
}
