package dev.strixhalo.verify;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.rdma.Counters;
import dev.strixhalo.rdma.Traffic;
import dev.strixhalo.verify.Verification.Pair;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of the fabric: sockets, and verbs. */
final class FabricPath {
    /** As many as the guide's own comparison uses; one stream is bound by one processor. */
    private static final int STREAMS = 8;

    private final Measurement measurement;
    private final Judge judge;
    private final Cluster cluster;
    private final VerifySettings settings;

    FabricPath(Measurement measurement, Judge judge, Cluster cluster, VerifySettings settings) {
        this.measurement = measurement;
        this.judge = judge;
        this.cluster = cluster;
        this.settings = settings;
    }

    Row tcp(Pair pair, String between, Progress.Step step) throws StrixhaloException {
        var path = LinkPath.FABRIC_TCP;
        if (settings.skip().contains(path)) return Row.skip(path, cluster.link(), between, "left out by <skipPaths>");
        var trouble = trouble(pair);
        if (!trouble.isEmpty()) return unmeasured(path, between, trouble);
        var test = new PathTest(measurement, pair, path, step, cluster, settings);
        test.sockets(pair.a().fabric(), pair.b().fabric(), STREAMS);
        return judge.tcp(between, test.samples(), test.remarks())
                .by(List.of(
                        pair.a().node().name() + " " + pair.a().carrier(),
                        pair.b().node().name() + " " + pair.b().carrier()));
    }

    /** @param tcp latency of TCP on the same card; null when it is not known */
    Row rdma(Pair pair, String between, @Nullable Figure tcp, Progress.Step step) throws StrixhaloException {
        var path = LinkPath.RDMA;
        var link = cluster.link();
        if (!link.rdma()) return Row.skip(path, link, between, "not for link " + link.text());
        if (settings.skip().contains(path)) return Row.skip(path, link, between, "left out by <skipPaths>");
        var trouble = trouble(pair);
        if (!trouble.isEmpty()) return unmeasured(path, between, trouble);
        for (var stand : List.of(pair.a(), pair.b())) {
            if (stand.port().value() != null) continue;
            return Row.unmeasured(
                    path,
                    link,
                    between,
                    "%s has no RDMA port for %s: %s"
                            .formatted(
                                    stand.node().name(),
                                    stand.fabric(),
                                    stand.port().reason()),
                    List.of("mvn strixhalo:doctor   (verbs-device, rdma-port, roce-mode, gid-index)"));
        }
        var test = new PathTest(measurement, pair, path, step, cluster, settings);
        var portA = pair.a().port().value();
        var portB = pair.b().port().value();
        if (portA == null || portB == null) throw new IllegalStateException("a port that was just there");
        var before = counters(pair);
        test.verbs(portA, portB);
        var after = counters(pair);
        var still = new ArrayList<String>();
        for (int i = 0; i < before.size(); i++) {
            var stand = i == 0 ? pair.a() : pair.b();
            var name = (i == 0 ? portA : portB).name();
            if (stoodStill(Traffic.between(before.get(i), after.get(i)).ports().get(name))) {
                still.add(name + " on " + stand.node().name());
            }
        }
        return judge.rdma(between, test.samples(), tcp, still)
                .by(List.of(
                        pair.a().node().name() + " " + portA, pair.b().node().name() + " " + portB));
    }

    private static List<Counters> counters(Pair pair) throws StrixhaloException {
        return List.of(
                Counters.read(pair.a().host().connection(), pair.a().carrier()),
                Counters.read(pair.b().host().connection(), pair.b().carrier()));
    }

    /** Whether a port's own counters say that nothing went through it; of a driver that counts nothing we know, nothing is said. */
    private static boolean stoodStill(Traffic.@Nullable PortTraffic port) {
        if (port == null) return false;
        var known = port.bytes().find().or(() -> port.packets().find());
        return known.isPresent() && known.get().eachWay() == 0;
    }

    /** Why nothing that is measured between the fabric addresses would be of the fabric; empty when all is well. */
    private static String trouble(Pair pair) {
        for (var from : List.of(pair.a(), pair.b())) {
            var to = from == pair.a() ? pair.b() : pair.a();
            var name = from.node().name();
            if (from.carrier().isEmpty()) {
                return "no interface of %s carries its fabric address %s".formatted(name, from.fabric());
            }
            var route = from.facts().routeTo(to.fabric());
            if (route.value() == null) return "%s has no way to %s: %s".formatted(name, to.fabric(), route.reason());
            var device = route.value().device();
            if (!device.equals(from.carrier())) {
                return "from %s the way to %s leaves by %s, not by %s"
                        .formatted(name, to.fabric(), device, from.carrier());
            }
        }
        return "";
    }

    private Row unmeasured(LinkPath path, String between, String trouble) {
        return Row.unmeasured(
                path,
                cluster.link(),
                between,
                trouble,
                List.of("mvn strixhalo:doctor   (fabric-interface, fabric-route)"));
    }
}
