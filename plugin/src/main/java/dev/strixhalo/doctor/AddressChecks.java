package dev.strixhalo.doctor;

import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.host.NetworkInterface;
import dev.strixhalo.host.PathProbe;
import dev.strixhalo.host.Reading;
import dev.strixhalo.host.Route;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** Addresses, routes and packet sizes between the nodes. */
final class AddressChecks {
    private static final String SOURCE = "CHECKS: Address; FIELD §5";

    private AddressChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.always(
                        "fabric-route",
                        Area.ADDRESS,
                        "What goes to the other node has to leave by the fabric, from the fabric address.",
                        SOURCE,
                        "Asked is the kernel itself: 'ip route get' with the other node's fabric address.",
                        subject -> toEveryPeer(subject, AddressChecks::route)),
                Check.always(
                        "default-route",
                        Area.ADDRESS,
                        "A default route over the cable sends everything else into nowhere.",
                        SOURCE,
                        "The cable leads to the other node only. NetworkManager makes such a route unless the profile says "
                                + "ipv4.never-default.",
                        AddressChecks::defaultRoute),
                Check.always(
                        "management-address",
                        Area.ADDRESS,
                        "Logins over the fabric break when the fabric is changed, and Ray may take the wrong address.",
                        SOURCE,
                        "The address that our SSH session came in by (SSH_CONNECTION) is compared with the fabric address.",
                        AddressChecks::management),
                Check.always(
                        "mtu",
                        Area.ADDRESS,
                        "Ends with different MTUs lose large packets; small ones halve the bandwidth.",
                        SOURCE,
                        "Compared are the interfaces that carry the fabric addresses. 9000 is safe on a cable; a switch in "
                                + "between has to allow it.",
                        AddressChecks::mtu),
                Check.always(
                        "mtu-proof",
                        Area.ADDRESS,
                        "An MTU that is set is not yet one that the way carries.",
                        SOURCE,
                        "Three pings as large as the interface allows, that nobody may take to pieces, go to every other node. "
                                + "A firewall that drops pings fails this check too.",
                        subject -> toEveryPeer(subject, AddressChecks::proof)));
    }

    /** The worst judgement over all other nodes. */
    private static Judgement toEveryPeer(Subject subject, BiFunction<Subject, Node, Judgement> judge) {
        Judgement worst = null;
        for (var peer : subject.cluster().nodes()) {
            if (peer.equals(subject.node())) continue;
            var one = judge.apply(subject, peer);
            if (worst == null || worse(one.verdict(), worst.verdict())) worst = one;
        }
        return worst == null ? Judgement.skip("there is no other node") : worst;
    }

    /** A skip hides a success, and nothing hides a failure. */
    private static boolean worse(Verdict one, Verdict other) {
        return rank(one) > rank(other);
    }

    private static int rank(Verdict verdict) {
        return switch (verdict) {
            case OK -> 0;
            case SKIP -> 1;
            case WARN -> 2;
            case FAIL -> 3;
        };
    }

    private static Judgement route(Subject subject, Node peer) {
        var own = subject.node().fabric().address();
        var device = carrier(subject.facts(), subject.node()).map(NetworkInterface::name);
        if (device.isEmpty()) return Judgement.skip("no interface carries the fabric address");
        var to = peer.fabric().address();
        return Judgement.of(
                subject.facts().routeTo(to),
                (Route route) -> Judgement.okOrFail(
                        route.device().equals(device.get())
                                && route.source().equals(own)
                                && route.gateway().isEmpty(),
                        "%s from %s%s"
                                .formatted(
                                        route.device(),
                                        route.source(),
                                        route.gateway().isEmpty() ? "" : " via " + route.gateway()),
                        "%s from %s, directly".formatted(device.get(), own),
                        "see what leads elsewhere: ip route get %s; ip rule; ip route".formatted(to)));
    }

    private static Judgement defaultRoute(Subject subject) {
        var carrier = carrier(subject.facts(), subject.node());
        if (carrier.isEmpty()) return Judgement.skip("no interface carries the fabric address");
        var device = carrier.get().name();
        return Judgement.of(
                subject.facts().defaultRoutes(),
                routes -> Judgement.okOrFail(
                        routes.stream().noneMatch(route -> route.device().equals(device)),
                        routes.isEmpty()
                                ? "no default route"
                                : "by "
                                        + String.join(
                                                " ",
                                                routes.stream()
                                                        .map(Route::device)
                                                        .distinct()
                                                        .toList()),
                        "not by " + device,
                        profile(device, "ipv4.never-default yes")));
    }

    private static Judgement management(Subject subject) {
        return Judgement.of(subject.facts().login(), login -> {
            if (login.lan().isEmpty()) return Judgement.skip("this node was not reached by SSH");
            return Judgement.okOrWarn(
                    !login.lan().equals(subject.node().fabric().address()),
                    login.lan(),
                    "another than " + subject.node().fabric().address(),
                    "set <host> to the node's address on the LAN");
        });
    }

    private static Judgement mtu(Subject subject) {
        return Judgement.of(mtu(subject.facts(), subject.node()), mine -> {
            var set = profile(
                    carrier(subject.facts(), subject.node())
                            .map(NetworkInterface::name)
                            .orElse("IF"),
                    "802-3-ethernet.mtu " + subject.wanted().mtu());
            for (var other : subject.all().entrySet()) {
                var its = mtu(other.getValue(), other.getKey()).find();
                if (its.isEmpty() || its.get().equals(mine)) continue;
                return Judgement.fail(
                        String.valueOf(mine),
                        "equal; %s has %d".formatted(other.getKey().name(), its.get()),
                        set);
            }
            return Judgement.okOrWarn(
                    mine >= subject.wanted().mtu(),
                    String.valueOf(mine),
                    subject.wanted().mtu() + ", equal",
                    set);
        });
    }

    private static Judgement proof(Subject subject, Node peer) {
        var to = peer.fabric().address();
        return Judgement.of(subject.facts().pathTo(to), (PathProbe path) -> {
            var found = "%d of %d came back%s"
                    .formatted(path.received(), path.sent(), path.said().isEmpty() ? "" : ": " + path.said());
            return Judgement.okOrFail(
                    path.received() > 0,
                    found,
                    "full-size pings to " + to + " come back",
                    "see which size passes: ping -M do -s 1472 %s; ping -c 3 %s".formatted(to, to));
        });
    }

    /** Changes the profile itself, so that it holds after a reboot too. */
    private static String profile(String device, String setting) {
        return "sudo nmcli connection modify \"$(nmcli -g GENERAL.CONNECTION device show %s)\" \\\n%s\nsudo nmcli device reapply %s"
                .formatted(device, setting, device);
    }

    private static Optional<NetworkInterface> carrier(HostFacts facts, Node node) {
        return facts.interfaces()
                .find()
                .flatMap(all -> all.stream()
                        .filter(i -> i.carries(node.fabric().address()))
                        .findFirst());
    }

    private static Reading<Integer> mtu(HostFacts facts, Node node) {
        return carrier(facts, node)
                .map(found -> Reading.of(found.mtu()))
                .orElse(Reading.absent("no interface carries the fabric address"));
    }
}
