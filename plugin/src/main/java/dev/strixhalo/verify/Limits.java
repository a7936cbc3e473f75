package dev.strixhalo.verify;

import dev.strixhalo.cluster.Link;

/**
 * What measured values are judged by. A limit of 0 is none. Latencies of TCP are round trips as ping tells them, those of
 * RDMA one way as perftest tells them, in the setup guide's table as in ours.
 *
 * @param lanLatencyWarnMillis       most without a warning
 * @param lanBandwidthWarnGigabits   least without a warning
 * @param tcpLatencyWarnMillis       most without a warning, on the fabric
 * @param tcpBandwidthWarnGigabits   least without a warning, on the fabric
 * @param rdmaLatencyWarnMicros      most without a warning
 * @param rdmaLatencyFailMicros      most without a failure
 * @param rdmaBandwidthWarnGigabits  least without a warning
 * @param rdmaBandwidthFailGigabits  least without a failure
 * @param leastTimesFaster           how many times RDMA's latency has to be below that of TCP on the same card
 * @param allReduceFailMicros        most for 20 KiB over RDMA, on GPUs
 */
public record Limits(
        double lanLatencyWarnMillis,
        double lanBandwidthWarnGigabits,
        double tcpLatencyWarnMillis,
        double tcpBandwidthWarnGigabits,
        double rdmaLatencyWarnMicros,
        double rdmaLatencyFailMicros,
        double rdmaBandwidthWarnGigabits,
        double rdmaBandwidthFailGigabits,
        double leastTimesFaster,
        double allReduceFailMicros) {
    /** For the guide's cards: 100GbE in a slot of four lanes. */
    private static final Limits CARDS = new Limits(1, 0.9, 0.2, 40, 8, 20, 45, 30, 5, 100);

    /** For a link without RDMA, of which the guide says nothing: only what is slow on any cable. */
    private static final Limits SOCKETS = new Limits(1, 0.9, 1, 0, 0, 0, 0, 0, 0, 0);

    /** The limits for a link, unless said otherwise. */
    public static Limits standard(Link link) {
        return link.rdma() ? CARDS : SOCKETS;
    }

    /** What the setup guide measured (section 5.3), or 0 where it says nothing of such a link. */
    static double expected(LinkPath path, Quantity quantity, Link link) {
        return switch (path) {
            case LAN -> quantity == Quantity.LATENCY ? 0.074 : 0.94;
            case FABRIC_TCP -> !link.rdma() ? 0 : quantity == Quantity.LATENCY ? 0.068 : 55.7;
            case RDMA -> quantity == Quantity.LATENCY ? 5.23 : 50.64;
            case ALL_REDUCE -> 0;
        };
    }
}
