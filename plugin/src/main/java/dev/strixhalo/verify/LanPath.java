package dev.strixhalo.verify;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.host.Reading;
import dev.strixhalo.remote.RemoteCommand;
import dev.strixhalo.verify.Verification.Pair;
import java.util.List;
import java.util.regex.Pattern;

/** The row of the LAN: between the addresses that our logins came in by. */
final class LanPath {
    /** {@code 10.0.0.12 dev eth0 src 10.0.0.11 uid 1000}. */
    private static final Pattern DEVICE = Pattern.compile(".*\\bdev (\\S+).*");

    private final Measurement measurement;
    private final Judge judge;
    private final Cluster cluster;
    private final VerifySettings settings;

    LanPath(Measurement measurement, Judge judge, Cluster cluster, VerifySettings settings) {
        this.measurement = measurement;
        this.judge = judge;
        this.cluster = cluster;
        this.settings = settings;
    }

    /** The node's address on the LAN, or why it is not known; {@code host}, which may be an alias, says nothing of it. */
    static Reading<String> address(Node node, HostFacts facts, VerifySettings settings) {
        var said = settings.lanAddresses().get(node.name());
        if (said != null) return Reading.of(said);
        return facts.login()
                .fold(
                        login -> login.lan().isEmpty()
                                ? Reading.absent(
                                        "%s was not reached by SSH, so its address on the LAN is not known; <lanAddresses> names it"
                                                .formatted(node.name()))
                                : Reading.of(login.lan()),
                        Reading::absent);
    }

    Row measure(Pair pair, String between, Progress.Step step) throws StrixhaloException {
        var link = cluster.link();
        if (settings.skip().contains(LinkPath.LAN))
            return Row.skip(LinkPath.LAN, link, between, "left out by <skipPaths>");
        var a = pair.a();
        var b = pair.b();
        var addressA = a.lan().value();
        var addressB = b.lan().value();
        if (addressA == null)
            return Row.skip(LinkPath.LAN, link, between, a.lan().reason());
        if (addressB == null)
            return Row.skip(LinkPath.LAN, link, between, b.lan().reason());
        var unfit = unfit(a, addressA, b, addressB);
        if (!unfit.isEmpty()) {
            return Row.skip(LinkPath.LAN, link, between, unfit + "; <lanAddresses> of <verify> names the nodes' own");
        }
        for (var each : List.of(List.of(a, b), List.of(b, a))) {
            var to = each.get(1) == b ? addressB : addressA;
            var device = device(each.get(0), to);
            if (!device.isEmpty() && device.equals(each.get(0).carrier())) {
                return Row.unmeasured(
                        LinkPath.LAN,
                        link,
                        between,
                        "from %s the way to %s leaves by the fabric's %s"
                                .formatted(each.get(0).node().name(), to, device),
                        List.of("see what leads there: ip route get %s on %s"
                                .formatted(to, each.get(0).node().name())));
            }
        }
        var test = new PathTest(measurement, pair, LinkPath.LAN, step, cluster, settings);
        test.sockets(addressA, addressB, 1);
        return judge.lan(between, test.samples(), test.remarks());
    }

    private static String unfit(Stand a, String addressA, Stand b, String addressB) {
        if (addressA.equals(addressB))
            return "both nodes were reached at %s, an address of something between".formatted(addressA);
        for (var stand : List.of(a, b)) {
            var address = stand == a ? addressA : addressB;
            if (address.startsWith("127.") || address.equals("::1")) {
                return "%s was reached at its loopback %s"
                        .formatted(stand.node().name(), address);
            }
            if (address.equals(stand.fabric()))
                return "%s was reached at its fabric address"
                        .formatted(stand.node().name());
        }
        return "";
    }

    /** The interface by which a node reaches an address; empty when it does not know. */
    private static String device(Stand from, String to) throws StrixhaloException {
        var result = from.host().connection().run(RemoteCommand.of("ip", "-o", "route", "get", to));
        var match = DEVICE.matcher(result.text());
        return result.succeeded() && match.matches() ? match.group(1) : "";
    }
}
