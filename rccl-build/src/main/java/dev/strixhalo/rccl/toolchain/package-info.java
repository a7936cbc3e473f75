/**
 * Where it is compiled: a {@link dev.strixhalo.rccl.toolchain.Toolchain} opens a workplace with the sources in it, says what it
 * has and lacks, and runs scripts there that end with whoever waits for them: on this machine, in a container of local podman,
 * or, implemented by the plugin, on a node of the cluster. Knows {@code base} and {@code run}. Start reading at
 * {@link dev.strixhalo.rccl.toolchain.Toolchain}.
 */
@NullMarked
package dev.strixhalo.rccl.toolchain;

import org.jspecify.annotations.NullMarked;
