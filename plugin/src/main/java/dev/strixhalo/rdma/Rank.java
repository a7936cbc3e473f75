package dev.strixhalo.rdma;

import org.jspecify.annotations.Nullable;

/**
 * The evidence of one node that holds a rank.
 *
 * @param node            its name
 * @param fabricInterface by which it reaches the others
 * @param rdma            its RDMA port and GID as they were given to RCCL; null on a link without RDMA
 * @param traffic         what went by while the model answered
 * @param log             what RCCL said of its network
 */
public record Rank(
        String node, String fabricInterface, @Nullable Pinned rdma, Traffic traffic, RcclLog log) {
    /**
     * What RCCL was told to use.
     *
     * @param port     {@code irdma0:1}
     * @param gidIndex index of the address in the port's table
     */
    public record Pinned(String port, int gidIndex) {}
}
