package dev.strixhalo.verify;

import java.util.List;

/**
 * What the all-reduce among all nodes gave.
 *
 * @param backend    {@code nccl}, which is RCCL on GPUs of AMD, or {@code gloo}
 * @param device     {@code cuda}, which is ROCm's GPU too, or {@code cpu}
 * @param torch      its version
 * @param transports that RCCL itself named, {@code NET/IB} or {@code NET/Socket}; empty with gloo
 * @param sizes      in the order in which they were measured
 */
public record AllReduce(String backend, String device, String torch, List<String> transports, List<Size> sizes) {
    public AllReduce {
        transports = List.copyOf(transports);
        sizes = List.copyOf(sizes);
    }

    /**
     * One size of tensor.
     *
     * @param bytes        in the tensor
     * @param medianMicros of the slowest rank
     * @param rounds       that were checked; the first ones are not in the time
     * @param wrong        values that were not the sum, over all ranks and rounds
     */
    public record Size(long bytes, double medianMicros, int rounds, long wrong) {}

    boolean onGpus() {
        return backend.equals("nccl");
    }
}
