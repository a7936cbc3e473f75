package dev.strixhalo.verify;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.host.FabricPort;
import dev.strixhalo.host.Reading;
import dev.strixhalo.verify.Verification.Pair;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The measurements of one row, under way: both directions of each, and what was noticed. */
final class PathTest {
    private static final int ROUNDS_SECONDS = 45;

    private final Measurement measurement;
    private final Pair pair;
    private final LinkPath path;
    private final Progress.Step step;
    private final Cluster cluster;
    private final VerifySettings settings;
    private final List<Sample> samples = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    PathTest(
            Measurement measurement,
            Pair pair,
            LinkPath path,
            Progress.Step step,
            Cluster cluster,
            VerifySettings settings) {
        this.measurement = measurement;
        this.pair = pair;
        this.path = path;
        this.step = step;
        this.cluster = cluster;
        this.settings = settings;
    }

    List<Sample> samples() {
        return samples;
    }

    List<String> remarks() {
        return remarks;
    }

    /** One direction of a measurement. */
    private interface Direction {
        Reading<Double> measure(Place from, Place to, boolean forth) throws StrixhaloException;
    }

    /** Both directions of sockets between two addresses. */
    void sockets(String addressA, String addressB, int streams) throws StrixhaloException {
        both(Tool.PING, Quantity.LATENCY, "ms", (from, to, forth) -> {
            var own = forth ? addressA : addressB;
            var peer = forth ? addressB : addressA;
            var ping = Measurement.read(
                    from, () -> measurement.alone(from, Ping.command(peer, own), 2 + Ping.COUNT), Ping::read);
            ping.find()
                    .filter(its -> its.received() < its.sent())
                    .ifPresent(its -> remarks.add("%d of %d pings from %s to %s got lost"
                            .formatted(its.sent() - its.received(), its.sent(), from.node(), to.node())));
            return ping.map(Ping::medianMillis);
        });
        both(Tool.IPERF3, Quantity.BANDWIDTH, "Gbit/s", (from, to, forth) -> {
            var own = forth ? addressA : addressB;
            var peer = forth ? addressB : addressA;
            return Measurement.read(
                    from,
                    () -> measurement.against(
                            to,
                            Iperf3.server(peer),
                            from,
                            port -> Iperf3.client(peer, own, port, streams, settings.seconds()),
                            settings.seconds()),
                    Iperf3::gigabits);
        });
    }

    /** Both directions of verbs between two ports. */
    void verbs(FabricPort portA, FabricPort portB) throws StrixhaloException {
        var perftest = new Perftest(settings.seconds(), settings.rdmaRounds());
        // How long a number of rounds takes nobody knows; emulated devices need most of a minute.
        int seconds = settings.rdmaRounds() > 0 ? ROUNDS_SECONDS : settings.seconds();
        both(
                Tool.SEND_LAT,
                Quantity.LATENCY,
                "us",
                exchange(
                        portA,
                        portB,
                        seconds,
                        perftest::latencyServer,
                        perftest::latencyClient,
                        Perftest::latencyMicros));
        both(
                Tool.WRITE_BW,
                Quantity.BANDWIDTH,
                "Gbit/s",
                exchange(
                        portA,
                        portB,
                        seconds,
                        perftest::bandwidthServer,
                        perftest::bandwidthClient,
                        Perftest::gigabits));
    }

    /** The command of the end that waits. */
    private interface Server {
        List<String> command(FabricPort port, String own, Set<String> options);
    }

    /** The command of the end that asks. */
    private interface Client {
        List<String> command(FabricPort port, String own, int number, String peer, Set<String> options);
    }

    private Direction exchange(
            FabricPort portA,
            FabricPort portB,
            int seconds,
            Server server,
            Client client,
            Function<ToolOutput, Reading<Double>> reader) {
        return (from, to, forth) -> {
            var mine = forth ? portA : portB;
            var its = forth ? portB : portA;
            return Measurement.read(
                    from,
                    () -> measurement.against(
                            to,
                            server.command(its, to.fabric(), to.tools().options()),
                            from,
                            number -> client.command(
                                    mine,
                                    from.fabric(),
                                    number,
                                    to.fabric(),
                                    from.tools().options()),
                            seconds),
                    reader);
        };
    }

    private void both(Tool tool, Quantity quantity, String unit, Direction direction) throws StrixhaloException {
        var places = pair.places(tool, settings.where());
        for (boolean forth : new boolean[] {true, false}) {
            var from = forth ? pair.a() : pair.b();
            var to = forth ? pair.b() : pair.a();
            if (places.value() == null) {
                samples.add(new Sample(
                        quantity,
                        from.node().name(),
                        to.node().name(),
                        tool.program(),
                        "",
                        unit,
                        null,
                        places.reason()));
                continue;
            }
            var there = places.value();
            var asks = there.get(forth ? 0 : 1);
            var answers = there.get(forth ? 1 : 0);
            step.note(
                    null,
                    "%s %s %s to %s: %s"
                            .formatted(
                                    path.title(cluster.link()),
                                    quantity.text(),
                                    asks.node(),
                                    answers.node(),
                                    tool.program()));
            samples.add(Sample.of(quantity, asks, answers, tool, unit, direction.measure(asks, answers, forth)));
        }
    }
}
