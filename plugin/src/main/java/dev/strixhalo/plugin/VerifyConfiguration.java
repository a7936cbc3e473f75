package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.verify.Limits;
import dev.strixhalo.verify.LinkPath;
import dev.strixhalo.verify.VerifySettings;
import dev.strixhalo.verify.VerifySettings.Where;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The element {@code <verify>}, as Maven fills it; nothing is checked before {@link #toSettings}. */
public final class VerifyConfiguration {
    /**
     * Where the tools run: {@code auto} (default: in the cluster's container where one runs and has the tool, else on the node
     * itself), {@code container} or {@code host}.
     */
    private @Nullable String where;

    /**
     * Addresses of the nodes on the LAN by name of the node, for example {@code <node1>10.0.0.11</node1>}; those that the
     * logins come in by unless said otherwise.
     */
    private @Nullable Map<String, String> lanAddresses;

    /** Paths to leave out, for example {@code lan}; also {@code fabric-tcp}, {@code rdma} and {@code all-reduce}. */
    private @Nullable List<String> skipPaths;

    /** Seconds of one measurement of bandwidth, 3 to 60; 5 unless said otherwise. */
    private int seconds = 5;

    /**
     * Exchanges of each measurement over RDMA in the place of seconds, for devices that are emulated; 0, which leaves it at
     * the seconds, unless said otherwise.
     */
    private int rdmaRounds;

    /** Highest latency of the LAN without a warning, in milliseconds; 0 is no limit, and 1 stands unless said otherwise. */
    private @Nullable Double lanLatencyWarnMillis;

    /** Lowest bandwidth of the LAN without a warning, in Gbit/s; 0.9 unless said otherwise. */
    private @Nullable Double lanBandwidthWarnGigabits;

    /** Highest latency of TCP on the fabric without a warning, in milliseconds; 0.2 (link tcp: 1) unless said otherwise. */
    private @Nullable Double tcpLatencyWarnMillis;

    /** Lowest bandwidth of TCP on the fabric without a warning, in Gbit/s; 40 (link tcp: none) unless said otherwise. */
    private @Nullable Double tcpBandwidthWarnGigabits;

    /** Highest latency of RDMA without a warning, in microseconds; 8 unless said otherwise. */
    private @Nullable Double rdmaLatencyWarnMicros;

    /** Highest latency of RDMA without a failure, in microseconds; 20 unless said otherwise. */
    private @Nullable Double rdmaLatencyFailMicros;

    /** Lowest bandwidth of RDMA without a warning, in Gbit/s; 45 unless said otherwise. */
    private @Nullable Double rdmaBandwidthWarnGigabits;

    /** Lowest bandwidth of RDMA without a failure, in Gbit/s; 30 unless said otherwise. */
    private @Nullable Double rdmaBandwidthFailGigabits;

    /** How many times RDMA's latency has to be below that of TCP on the same card; 5 unless said otherwise. */
    private @Nullable Double leastTimesFaster;

    /** Longest all-reduce of 20 KiB on GPUs over RDMA without a failure, in microseconds; 100 unless said otherwise. */
    private @Nullable Double allReduceFailMicros;

    /** @throws StrixhaloException with everything that is wrong */
    VerifySettings toSettings(Cluster cluster) throws StrixhaloException {
        var problems = new ArrayList<Problem>();
        var place = where(problems);
        var addresses = lanAddresses(cluster, problems);
        var left = skipped(problems);
        if (seconds < VerifySettings.LEAST_SECONDS || seconds > VerifySettings.MOST_SECONDS) {
            problems.add(Problem.of("<seconds> of <verify> is %d.".formatted(seconds))
                    .fix("a whole number from %d to %d"
                            .formatted(VerifySettings.LEAST_SECONDS, VerifySettings.MOST_SECONDS)));
        }
        if (rdmaRounds != 0 && (rdmaRounds < VerifySettings.LEAST_ROUNDS || rdmaRounds > VerifySettings.MOST_ROUNDS)) {
            problems.add(Problem.of("<rdmaRounds> of <verify> is %d.".formatted(rdmaRounds))
                    .fix("0, or a whole number from %d to %d"
                            .formatted(VerifySettings.LEAST_ROUNDS, VerifySettings.MOST_ROUNDS)));
        }
        var limits = limits(Limits.standard(cluster.link()), problems);
        if (!problems.isEmpty()) throw new StrixhaloException(problems, null, null);
        return new VerifySettings(place, addresses, left, seconds, rdmaRounds, limits);
    }

    private Limits limits(Limits standard, List<Problem> problems) {
        return new Limits(
                limit("lanLatencyWarnMillis", lanLatencyWarnMillis, standard.lanLatencyWarnMillis(), problems),
                limit(
                        "lanBandwidthWarnGigabits",
                        lanBandwidthWarnGigabits,
                        standard.lanBandwidthWarnGigabits(),
                        problems),
                limit("tcpLatencyWarnMillis", tcpLatencyWarnMillis, standard.tcpLatencyWarnMillis(), problems),
                limit(
                        "tcpBandwidthWarnGigabits",
                        tcpBandwidthWarnGigabits,
                        standard.tcpBandwidthWarnGigabits(),
                        problems),
                limit("rdmaLatencyWarnMicros", rdmaLatencyWarnMicros, standard.rdmaLatencyWarnMicros(), problems),
                limit("rdmaLatencyFailMicros", rdmaLatencyFailMicros, standard.rdmaLatencyFailMicros(), problems),
                limit(
                        "rdmaBandwidthWarnGigabits",
                        rdmaBandwidthWarnGigabits,
                        standard.rdmaBandwidthWarnGigabits(),
                        problems),
                limit(
                        "rdmaBandwidthFailGigabits",
                        rdmaBandwidthFailGigabits,
                        standard.rdmaBandwidthFailGigabits(),
                        problems),
                limit("leastTimesFaster", leastTimesFaster, standard.leastTimesFaster(), problems),
                limit("allReduceFailMicros", allReduceFailMicros, standard.allReduceFailMicros(), problems));
    }

    private static double limit(String name, @Nullable Double value, double standard, List<Problem> problems) {
        if (value == null) return standard;
        if (Double.isFinite(value) && value >= 0) return value;
        problems.add(Problem.of("<%s> of <verify> is %s.".formatted(name, value))
                .fix("a number of 0 or more; 0 is no limit"));
        return standard;
    }

    private Where where(List<Problem> problems) {
        if (where == null) return Where.AUTO;
        for (var known : Where.values()) {
            if (known.name().toLowerCase(Locale.ROOT).equals(where.strip())) return known;
        }
        problems.add(Problem.of("<where> of <verify> is '%s'.".formatted(where)).fix("one of: auto, container, host"));
        return Where.AUTO;
    }

    private Set<LinkPath> skipped(List<Problem> problems) {
        var left = EnumSet.noneOf(LinkPath.class);
        for (var id : skipPaths == null ? List.<String>of() : skipPaths) {
            var path = LinkPath.of(id == null ? "" : id.strip());
            if (path.isPresent()) left.add(path.get());
            else {
                problems.add(Problem.of("<skipPaths> of <verify> names '%s', which is no path.".formatted(id))
                        .fix("one of: "
                                + Arrays.stream(LinkPath.values())
                                        .map(LinkPath::id)
                                        .collect(Collectors.joining(", "))));
            }
        }
        return left;
    }

    private Map<String, String> lanAddresses(Cluster cluster, List<Problem> problems) {
        var names = cluster.nodes().stream().map(Node::name).toList();
        var addresses = new LinkedHashMap<String, String>();
        for (var entry : (lanAddresses == null ? Map.<String, String>of() : lanAddresses).entrySet()) {
            var address = entry.getValue() == null ? "" : entry.getValue().strip();
            if (!names.contains(entry.getKey())) {
                problems.add(
                        Problem.of("<lanAddresses> of <verify> names '%s', which is no node.".formatted(entry.getKey()))
                                .fix("one of: " + String.join(", ", names)));
            } else if (!address.matches("[0-9A-Fa-f:.]{2,45}")) {
                problems.add(Problem.of("<lanAddresses> of <verify> gives %s '%s', which is no address."
                                .formatted(entry.getKey(), address))
                        .fix("for example <%s>10.0.0.11</%s>".formatted(entry.getKey(), entry.getKey())));
            } else {
                addresses.put(entry.getKey(), address);
            }
        }
        return addresses;
    }
}
