/**
 * What crossed the link: counters of RDMA ports, by driver, and of network interfaces, before and after; and RCCL's own
 * lines about the transport that it chose. Judges whether traffic ran on RDMA; starts no traffic itself. Knows {@code host},
 * {@code remote}, {@code cluster} and {@code base}. Start reading at {@code Proof}.
 */
@NullMarked
package dev.strixhalo.rdma;

import org.jspecify.annotations.NullMarked;
