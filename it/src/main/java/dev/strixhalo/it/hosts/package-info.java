/**
 * The rehearsal on virtual machines: hosts as an installer leaves them, with kernels, systemd, NetworkManager and RDMA in
 * software; examined, prepared, booted again, measured, broken in the ways that cables and clocks break, and put back, by the
 * goals alone. Knows {@code bed}, {@code stage} and {@code base}; the user's project lies
 * beside the classes. Start reading at {@link dev.strixhalo.it.hosts.RehearseHosts}.
 */
@NullMarked
package dev.strixhalo.it.hosts;

import org.jspecify.annotations.NullMarked;
