package dev.strixhalo.verify;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.deploy.NodeContainer;
import dev.strixhalo.host.FabricPort;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.host.NetworkInterface;
import dev.strixhalo.host.Reading;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.verify.VerifySettings.Where;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Measures the link between the nodes, path by path and in both directions, and judges it. One measurement runs at a time:
 * two would measure each other.
 */
public final class Verification {
    private final Nodes nodes;
    private final Cluster cluster;
    private final VerifySettings settings;
    private final Clock clock;
    private final Measurement measurement;
    private final Judge judge;

    /** @param random for the ports that servers try first */
    public Verification(Nodes nodes, VerifySettings settings, Clock clock, RandomGenerator random) {
        this.nodes = nodes;
        this.cluster = nodes.cluster();
        this.settings = settings;
        this.clock = clock;
        this.measurement = new Measurement(cluster.name(), random);
        this.judge = new Judge(cluster.link(), settings.limits());
    }

    /**
     * Measures and judges; what cannot be measured is a row that says so.
     *
     * @throws StrixhaloException when there is nothing to measure between, or a node does not answer any more
     */
    public VerifyReport run(Progress progress) throws StrixhaloException {
        var begun = clock.instant();
        if (cluster.nodes().size() < 2) {
            throw Problem.of("<cluster> has one node: there is no link to measure.")
                    .fix("add the second <node>")
                    .asException();
        }
        var stands = look(progress);
        var rows = new ArrayList<Row>();
        for (var pair : pairs(stands)) {
            var between = pair.a().node().name() + " - " + pair.b().node().name();
            try (var step = progress.begin("measure")) {
                var lan = new LanPath(measurement, judge, cluster, settings).measure(pair, between, step);
                rows.add(lan);
                var fabric = new FabricPath(measurement, judge, cluster, settings);
                var tcp = fabric.tcp(pair, between, step);
                rows.add(tcp);
                rows.add(fabric.rdma(pair, between, tcp.latency(), step));
                step.done(between);
            }
        }
        var allReduce = allReduce(stands, progress, rows);
        return new VerifyReport(
                cluster.name(),
                cluster.link().text(),
                begun,
                Duration.between(begun, clock.instant()).toSeconds(),
                cluster.nodes().stream().map(node -> node.name()).toList(),
                rows,
                timesFaster(rows),
                allReduce,
                notes(stands));
    }

    /** Neighbours in a ring; two nodes are one pair. */
    static List<Pair> pairs(List<Stand> stands) {
        var pairs = new ArrayList<Pair>();
        int count = stands.size() == 2 ? 1 : stands.size();
        for (int i = 0; i < count; i++) pairs.add(new Pair(stands.get(i), stands.get((i + 1) % stands.size())));
        return pairs;
    }

    /** The worst over all pairs. */
    private static double timesFaster(List<Row> rows) {
        double worst = 0;
        for (var rdma : rows) {
            if (rdma.path() != LinkPath.RDMA) continue;
            for (var tcp : rows) {
                if (tcp.path() != LinkPath.FABRIC_TCP || !tcp.between().equals(rdma.between())) continue;
                double times = Judge.timesFaster(tcp.latency(), rdma.latency());
                if (times > 0 && (worst == 0 || times < worst)) worst = times;
            }
        }
        return worst;
    }

    private List<Stand> look(Progress progress) throws StrixhaloException {
        try (var step = progress.begin("look")) {
            var found = nodes.onAll(connection -> look(connection));
            var stands = List.copyOf(found.values());
            step.done(stands.stream()
                    .map(stand -> stand.node().name()
                            + (stand.container() == null
                                    ? " host"
                                    : " " + stand.container().container()))
                    .collect(Collectors.joining(", ")));
            return stands;
        }
    }

    private Stand look(NodeConnection connection) throws StrixhaloException {
        var node = connection.node();
        var peers = cluster.nodes().stream()
                .filter(other -> !other.equals(node))
                .map(other -> other.fabric().address())
                .toList();
        var facts = HostFacts.look(connection, cluster.name(), peers, List.of(), clock);
        refuseSwapped(facts, node, cluster);
        var container = container(connection, facts);
        return new Stand(
                node,
                facts,
                Place.look(connection, null, cluster.name()),
                container == null ? null : Place.look(connection, container, cluster.name()),
                facts.rdma()
                        .fold(
                                ports -> FabricPort.of(
                                        ports,
                                        facts.carrier(node.fabric().address())
                                                .map(NetworkInterface::name)
                                                .orElse(""),
                                        cluster.link(),
                                        node.fabric().address()),
                                Reading::absent),
                LanPath.address(node, facts, settings));
    }

    /** A login that ended on another node of the cluster would measure that one under this one's name. */
    static void refuseSwapped(HostFacts facts, Node node, Cluster cluster) throws StrixhaloException {
        var own = node.fabric().address();
        if (facts.carrier(own).isPresent()) return;
        for (var other : cluster.nodes()) {
            var address = other.fabric().address();
            if (other.equals(node) || facts.carrier(address).isEmpty()) continue;
            throw Problem.of("the machine behind this <host> carries %s, the fabric address of %s, and not %s."
                            .formatted(address, other.name(), own))
                    .fix("exchange the <host> or the <fabricAddress> of the two nodes")
                    .asException();
        }
    }

    private @Nullable String container(NodeConnection connection, HostFacts facts) throws StrixhaloException {
        // Without podman there is no container; that is what deploy and doctor tell of.
        if (facts.podman().find().isEmpty() && settings.where() != Where.CONTAINER) return null;
        var running = NodeContainer.current(connection, cluster.name()).filter(NodeContainer::running);
        if (running.isPresent()) return running.get().name();
        if (settings.where() != Where.CONTAINER) return null;
        throw Problem.of("no container of the cluster '%s' runs there.".formatted(cluster.name()))
                .fix("mvn strixhalo:deploy")
                .fix("measure on the nodes themselves: -Dstrixhalo.verify.where=host")
                .asException();
    }

    private @Nullable AllReduce allReduce(List<Stand> stands, Progress progress, List<Row> rows)
            throws StrixhaloException {
        var path = LinkPath.ALL_REDUCE;
        var link = cluster.link();
        var between = stands.stream().map(stand -> stand.node().name()).collect(Collectors.joining(" - "));
        var without = stands.stream()
                .filter(stand -> stand.container() == null)
                .map(stand -> stand.node().name())
                .collect(Collectors.joining(", "));
        if (settings.skip().contains(path)) {
            rows.add(Row.skip(path, link, between, "left out by <skipPaths>"));
            return null;
        }
        if (!without.isEmpty()) {
            rows.add(Row.skip(
                    path, link, between, "no container of the cluster runs on " + without + ": mvn strixhalo:deploy"));
            return null;
        }
        try (var step = progress.begin("all-reduce")) {
            step.note(null, "torch.distributed, 16 KiB to 64 MiB, checked");
            var result = new AllReduceRun(stands, link).run();
            if (result.value() == null) {
                boolean noTorch = result.reason().contains("no torch there");
                rows.add(
                        noTorch
                                ? Row.skip(path, link, between, result.reason())
                                : Row.unmeasured(
                                        path,
                                        link,
                                        between,
                                        result.reason(),
                                        List.of(
                                                "mvn strixhalo:doctor",
                                                "mvn strixhalo:deploy   (its gate tries torch)")));
                return null;
            }
            boolean rdma = link != Link.TCP
                    && stands.stream().allMatch(stand -> stand.port().value() != null);
            rows.add(judge.allReduce(between, result.value(), rdma));
            step.done("%s on %s, torch %s"
                    .formatted(
                            result.value().backend(),
                            result.value().device(),
                            result.value().torch()));
            return result.value();
        }
    }

    private List<String> notes(List<Stand> stands) {
        var notes = new ArrayList<String>();
        for (var stand : stands) {
            ended(stand.node().name(), stand.host(), notes);
            if (stand.container() != null) ended(stand.node().name(), stand.container(), notes);
        }
        return notes;
    }

    private static void ended(String node, Place place, List<String> notes) {
        for (var server : place.tools().ended()) {
            notes.add("%s: ended a server of an earlier run that was broken off: %s".formatted(node, server));
        }
    }

    /** Whose machines are measured: {@code a} first asks, then answers. */
    record Pair(Stand a, Stand b) {
        /**
         * Where a tool runs on both nodes.
         *
         * @return the places of a and b, or why there is none
         */
        Reading<List<Place>> places(Tool tool, Where where) {
            var containerA = a.container();
            var containerB = b.container();
            var without = new ArrayList<Place>();
            if (where != Where.HOST && containerA != null && containerB != null) {
                var places = List.of(containerA, containerB);
                without.addAll(missing(places, tool));
                if (without.isEmpty()) return Reading.of(places);
                if (where == Where.CONTAINER) return absent(without, tool);
            }
            var hosts = List.of(a.host(), b.host());
            if (missing(hosts, tool).isEmpty()) return Reading.of(hosts);
            without.addAll(missing(hosts, tool));
            return absent(without, tool);
        }

        private static List<Place> missing(List<Place> places, Tool tool) {
            return places.stream().filter(place -> !place.tools().has(tool)).toList();
        }

        private static Reading<List<Place>> absent(List<Place> without, Tool tool) {
            return Reading.absent(without.stream()
                    .map(place -> "%s, %s: %s"
                            .formatted(place.node(), place.kind(), place.tools().why(tool)))
                    .collect(Collectors.joining("; ")));
        }
    }
}
