package dev.strixhalo.verify;

import dev.strixhalo.cluster.Link;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what measured values are worth: values in, rows out, no I/O. Of two directions the worse one counts. */
final class Judge {
    private static final String MILLIS = "ms";
    private static final String MICROS = "us";
    private static final String GIGABITS = "Gbit/s";

    /** The size whose time says how fast a token can be: a hidden size of 5120 in two bytes, two tokens. */
    static final long TELLING_BYTES = 20 << 10;

    private final Link link;
    private final Limits limits;

    Judge(Link link, Limits limits) {
        this.link = link;
        this.limits = limits;
    }

    /** A limit that was passed, or a measurement that failed. */
    private record Complaint(Verdict verdict, String reason, List<String> fixes) {}

    /** A row that is being judged. */
    private final class Sheet {
        private final LinkPath path;
        private final String between;
        private final List<Sample> samples;
        private final List<Complaint> complaints = new ArrayList<>();

        Sheet(LinkPath path, String between, List<Sample> samples) {
            this.path = path;
            this.between = between;
            this.samples = List.copyOf(samples);
            for (var sample : samples) {
                if (sample.value() != null) continue;
                complaints.add(new Complaint(
                        Verdict.FAIL,
                        "%s from %s to %s was not measured by %s: %s"
                                .formatted(
                                        sample.quantity().text(),
                                        sample.from(),
                                        sample.to(),
                                        sample.tool(),
                                        sample.reason()),
                        fixesOf(sample)));
            }
        }

        @Nullable
        Figure figure(Quantity quantity, String unit) {
            return worst(samples, quantity)
                    .map(value -> new Figure(value, Limits.expected(path, quantity, link), unit))
                    .orElse(null);
        }

        void atMost(Verdict verdict, @Nullable Figure figure, double limit, String... fixes) {
            if (figure == null || limit <= 0 || figure.value() <= limit) return;
            complain(
                    verdict,
                    "latency %s, at most %s is wanted".formatted(text(figure), text(limit, figure.unit())),
                    fixes);
        }

        void atLeast(Verdict verdict, @Nullable Figure figure, double limit, String... fixes) {
            if (figure == null || limit <= 0 || figure.value() >= limit) return;
            complain(
                    verdict,
                    "bandwidth %s, at least %s is wanted".formatted(text(figure), text(limit, figure.unit())),
                    fixes);
        }

        void complain(Verdict verdict, String reason, String... fixes) {
            complaints.add(new Complaint(verdict, reason, List.of(fixes)));
        }

        Row row(@Nullable Figure latency, @Nullable Figure bandwidth) {
            var verdict = Verdict.OK;
            for (var complaint : complaints) verdict = verdict.or(complaint.verdict());
            return new Row(
                    path,
                    path.title(link),
                    between,
                    verdict,
                    latency,
                    bandwidth,
                    complaints.stream().map(Complaint::reason).distinct().toList(),
                    complaints.stream()
                            .flatMap(complaint -> complaint.fixes().stream())
                            .distinct()
                            .toList(),
                    samples,
                    List.of());
        }
    }

    /** @param remarks what was noticed of the way, such as lost pings; each makes a warning */
    Row lan(String between, List<Sample> samples, List<String> remarks) {
        var sheet = new Sheet(LinkPath.LAN, between, samples);
        var latency = sheet.figure(Quantity.LATENCY, MILLIS);
        var bandwidth = sheet.figure(Quantity.BANDWIDTH, GIGABITS);
        var fix = "images and weights travel here: look at cable, switch and Wi-Fi of the LAN";
        remarks.forEach(remark -> sheet.complain(Verdict.WARN, remark, fix));
        sheet.atMost(Verdict.WARN, latency, limits.lanLatencyWarnMillis(), fix);
        sheet.atLeast(Verdict.WARN, bandwidth, limits.lanBandwidthWarnGigabits(), fix);
        return sheet.row(latency, bandwidth);
    }

    /** @param remarks as for {@link #lan} */
    Row tcp(String between, List<Sample> samples, List<String> remarks) {
        var sheet = new Sheet(LinkPath.FABRIC_TCP, between, samples);
        var latency = sheet.figure(Quantity.LATENCY, MILLIS);
        var bandwidth = sheet.figure(Quantity.BANDWIDTH, GIGABITS);
        remarks.forEach(
                remark -> sheet.complain(Verdict.WARN, remark, "look at the cable: ethtool -S of its interface"));
        sheet.atMost(
                Verdict.WARN,
                latency,
                limits.tcpLatencyWarnMillis(),
                "mvn strixhalo:doctor   (kernel-arguments: pcie_aspm=off)");
        sheet.atLeast(
                Verdict.WARN,
                bandwidth,
                limits.tcpBandwidthWarnGigabits(),
                "mvn strixhalo:doctor   (mtu on both ends, pcie-link, link-speed)");
        return sheet.row(latency, bandwidth);
    }

    /**
     * @param tcp   latency of TCP on the same card; null when it is not known
     * @param still ports, {@code irdma0:1 on node1}, whose counters did not move meanwhile
     */
    Row rdma(String between, List<Sample> samples, @Nullable Figure tcp, List<String> still) {
        var sheet = new Sheet(LinkPath.RDMA, between, samples);
        var latency = sheet.figure(Quantity.LATENCY, MICROS);
        var bandwidth = sheet.figure(Quantity.BANDWIDTH, GIGABITS);
        var slow = "mvn strixhalo:doctor   (kernel-arguments, above all pcie_aspm=off; nic-firmware)";
        boolean failed = over(latency, limits.rdmaLatencyFailMicros());
        sheet.atMost(
                failed ? Verdict.FAIL : Verdict.WARN,
                latency,
                failed ? limits.rdmaLatencyFailMicros() : limits.rdmaLatencyWarnMicros(),
                slow);
        var narrow = "mvn strixhalo:doctor   (mtu on both ends, pcie-link, link-speed, nic-firmware)";
        failed = bandwidth != null && bandwidth.value() < limits.rdmaBandwidthFailGigabits();
        sheet.atLeast(
                failed ? Verdict.FAIL : Verdict.WARN,
                bandwidth,
                failed ? limits.rdmaBandwidthFailGigabits() : limits.rdmaBandwidthWarnGigabits(),
                narrow);
        boolean measured = latency != null || bandwidth != null;
        for (var port : measured ? still : List.<String>of()) {
            sheet.complain(
                    Verdict.FAIL,
                    "the counters of %s stood still: what was measured went another way".formatted(port),
                    "see which device has the fabric's address: rdma link; mvn strixhalo:doctor   (verbs-device, gid-index)");
        }
        double times = timesFaster(tcp, latency);
        if (times > 0 && times < limits.leastTimesFaster()) {
            sheet.complain(
                    Verdict.FAIL,
                    "RDMA is %s times faster to answer than TCP on the same NIC, at least %s times is wanted"
                            .formatted(Figure.number(times), Figure.number(limits.leastTimesFaster())),
                    "a software device (rxe, siw) in the card's place? see: rdma link; mvn strixhalo:doctor");
        }
        return sheet.row(latency, bandwidth);
    }

    /** @param rdma whether all nodes were told a port of RDMA to use */
    Row allReduce(String between, AllReduce result, boolean rdma) {
        var sheet = new Sheet(LinkPath.ALL_REDUCE, between, List.of());
        Figure latency = null;
        for (var size : result.sizes()) {
            if (size.bytes() == TELLING_BYTES) latency = new Figure(size.medianMicros(), 0, MICROS);
            if (size.wrong() > 0) {
                sheet.complain(
                        Verdict.FAIL,
                        "%d wrong values in %d all-reduces of %d KiB: what the nodes compute is garbage"
                                .formatted(size.wrong(), size.rounds(), size.bytes() >> 10),
                        "do not serve on this link: try <link>tcp</link>; with wrong values there too, another librccl or cable");
            }
        }
        if (latency == null) {
            sheet.complain(
                    Verdict.FAIL, "the all-reduce told no time for 20 KiB", "mvn strixhalo:deploy strixhalo:verify");
        }
        if (result.onGpus() && rdma) {
            if (result.transports().contains("NET/Socket")) {
                sheet.complain(
                        Verdict.FAIL,
                        "RCCL fell back to sockets (NET/Socket)",
                        "mvn strixhalo:doctor   (roce-mode, gid-index, memlock)");
            }
            sheet.atMost(
                    Verdict.FAIL,
                    latency,
                    limits.allReduceFailMicros(),
                    "mvn strixhalo:doctor   (kernel-arguments, nic-firmware)");
        }
        return sheet.row(latency, null);
    }

    /** How many times an answer by RDMA is faster than one by TCP, by the figures of the table; 0 when one is unknown. */
    static double timesFaster(@Nullable Figure tcp, @Nullable Figure rdma) {
        return tcp == null || rdma == null ? 0 : tcp.value() * 1000 / rdma.value();
    }

    private static boolean over(@Nullable Figure figure, double limit) {
        return figure != null && limit > 0 && figure.value() > limit;
    }

    private static Optional<Double> worst(List<Sample> samples, Quantity quantity) {
        var values = new ArrayList<Double>();
        for (var sample : samples) {
            var value = sample.value();
            if (sample.quantity() == quantity && value != null) values.add(value);
        }
        return quantity == Quantity.LATENCY
                ? values.stream().max(Comparator.naturalOrder())
                : values.stream().min(Comparator.naturalOrder());
    }

    private static List<String> fixesOf(Sample sample) {
        var words = sample.reason().toLowerCase(Locale.ROOT);
        if (words.contains("refused")
                || words.contains("no route")
                || words.contains("connect to")
                || words.contains("came back")
                || words.contains("unable to connect")) {
            return List.of(
                    "let the nodes reach each other on all ports: sudo firewall-cmd --zone=trusted --change-interface=IF on %s"
                            .formatted(sample.to()),
                    "mvn strixhalo:doctor");
        }
        if (words.contains("operation not permitted")) {
            return List.of(
                    "sudo sysctl net.ipv4.ping_group_range='0 2147483647' on " + sample.from(),
                    "run the tools on the nodes themselves: <verify><where>host</where></verify>");
        }
        if (words.contains("allocate") || words.contains("memlock")) {
            return List.of("mvn strixhalo:doctor   (memlock)", "mvn strixhalo:deploy");
        }
        return List.of("mvn strixhalo:doctor", "run %s between the nodes by hand and see".formatted(sample.tool()));
    }

    /** {@code 5.31 us}, {@code 54.9 Gbit/s}. */
    static String text(Figure figure) {
        return text(figure.value(), figure.unit());
    }

    private static String text(double value, String unit) {
        return Figure.number(value) + " " + unit;
    }
}
