package dev.strixhalo.rdma;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which files of a port count what travels by RDMA: every driver has names and units of its own.
 *
 * @param in     files whose sum was received
 * @param out    files whose sum was sent
 * @param factor bytes of one of their units
 */
record DriverCounters(List<String> in, List<String> out, int factor) {
    private static final String HW = "hw_counters/";

    /** irdma (and i40iw before it): octets of IP, RoCE v2 and iWARP alike (kernel, drivers/infiniband/hw/irdma/verbs.c). */
    private static final DriverCounters IRDMA = new DriverCounters(
            List.of(HW + "ip4InOctets", HW + "ip6InOctets"), List.of(HW + "ip4OutOctets", HW + "ip6OutOctets"), 1);

    private static final DriverCounters IRDMA_PACKETS = new DriverCounters(
            List.of(HW + "ip4InPkts", HW + "ip6InPkts"), List.of(HW + "ip4OutPkts", HW + "ip6OutPkts"), 1);

    /** bnxt_re (kernel, drivers/infiniband/hw/bnxt_re/hw_counters.c). */
    private static final DriverCounters BNXT =
            new DriverCounters(List.of(HW + "rx_bytes"), List.of(HW + "tx_bytes"), 1);

    private static final DriverCounters BNXT_PACKETS =
            new DriverCounters(List.of(HW + "rx_pkts"), List.of(HW + "tx_pkts"), 1);

    /** Soft-RoCE counts packets alone (kernel, drivers/infiniband/sw/rxe/rxe_hw_counters.c). */
    private static final DriverCounters RXE_PACKETS =
            new DriverCounters(List.of(HW + "rcvd_pkts"), List.of(HW + "sent_pkts"), 1);

    /** InfiniBand's own, in words of four bytes (IBA specification, PortCounters); mlx5 fills them for RoCE as well. */
    private static final DriverCounters PORT =
            new DriverCounters(List.of("counters/port_rcv_data"), List.of("counters/port_xmit_data"), 4);

    private static final DriverCounters PORT_PACKETS =
            new DriverCounters(List.of("counters/port_rcv_packets"), List.of("counters/port_xmit_packets"), 1);

    /** Where a port's bytes are counted, if we know. */
    static Optional<DriverCounters> bytes(Counters.Port port) {
        if (port.driver().equals("rxe")) return Optional.empty();
        return first(port, IRDMA, BNXT, PORT);
    }

    /** Where a port's packets are counted, if we know. */
    static Optional<DriverCounters> packets(Counters.Port port) {
        if (port.driver().equals("rxe")) return RXE_PACKETS.in(port.values());
        return first(port, IRDMA_PACKETS, BNXT_PACKETS, PORT_PACKETS);
    }

    private static Optional<DriverCounters> first(
            Counters.Port port, DriverCounters irdma, DriverCounters bnxt, DriverCounters standard) {
        // The card's driver is ice, i40e or idpf, whatever the kernel; what tells irdma from others are its names.
        var own = irdma.in(port.values());
        if (own.isPresent()) return own;
        if (port.driver().startsWith("bnxt")) return bnxt.in(port.values());
        // On Ethernet other drivers count there what they like, or nothing.
        boolean known = port.layer().equals("InfiniBand") || port.driver().startsWith("mlx5");
        return known ? standard.in(port.values()) : Optional.empty();
    }

    /** These counters as far as the port has them; kernels without IPv6 counters exist. */
    private Optional<DriverCounters> in(Map<String, Long> values) {
        var received = in.stream().filter(values::containsKey).toList();
        var sent = out.stream().filter(values::containsKey).toList();
        return received.isEmpty() || received.size() != sent.size()
                ? Optional.empty()
                : Optional.of(new DriverCounters(received, sent, factor));
    }
}
