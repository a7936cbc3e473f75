/**
 * The test bed: an operator's machine and rootless podman nodes on one machine, made of namespaces, with everything real but
 * the GPU, the RDMA card and the cable; the registry that the base image comes from, the stand-in hub, and the artefacts that
 * are made from packages. Knows {@code base} and the programs of a Debian machine, nothing of the product; the scripts that
 * work inside lie beside the classes. Start reading at {@link dev.strixhalo.it.bed.Bed}.
 */
@NullMarked
package dev.strixhalo.it.bed;

import org.jspecify.annotations.NullMarked;
