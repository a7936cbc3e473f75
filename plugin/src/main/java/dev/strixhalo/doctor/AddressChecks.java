package dev.strixhalo.doctor;

import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.host.NetworkInterface;
import dev.strixhalo.host.PathProbe;
import dev.strixhalo.host.Reading;
import dev.strixhalo.host.Route;
import java.util.List;

/** Addresses, routes and packet sizes between the nodes. */
final class AddressChecks {
    private static final String SOURCE = "setup guide, section 4.3; ip-route(8)";

    private AddressChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.always(
                        "persistent-address",
                        Area.ADDRESS,
                        "An address that was given by hand is gone after the next boot.",
                        "setup guide, section 4.3; nmcli(1), systemd.network(5), interfaces(5)",
                        "Asked is who looks after the interface: a profile of NetworkManager that holds the address and "
                                + "connects by itself, a file of systemd-networkd or netplan, or /etc/network/interfaces.",
                        AddressChecks::persistent),
                Check.always(
                        "fabric-route",
                        Area.ADDRESS,
                        "What goes to the other node has to leave by the fabric, from the fabric address.",
                        SOURCE,
                        "Asked is the kernel itself: 'ip route get' with the other node's fabric address.",
                        subject -> subject.toEveryPeer(peer -> route(subject, peer))),
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
                        subject -> subject.toEveryPeer(peer -> proof(subject, peer))));
    }

    private static Judgement persistent(Subject subject) {
        var carrier = subject.carrier();
        if (carrier.isEmpty()) return Judgement.skip("no interface carries the fabric address");
        return Judgement.of(
                subject.facts().keeper(),
                keeper -> Judgement.okOrWarn(
                        keeper.keeps(),
                        keeper.detail(),
                        "%s comes back with the next boot"
                                .formatted(subject.node().fabric()),
                        NetworkFix.address(subject, carrier.get().name())));
    }

    private static Judgement route(Subject subject, Node peer) {
        var own = subject.node().fabric().address();
        var device = subject.carrier().map(NetworkInterface::name);
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
        var carrier = subject.carrier();
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
                        NetworkFix.noDefaultRoute(subject, device)));
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
            var set = NetworkFix.mtu(
                    subject, subject.carrier().map(NetworkInterface::name).orElse("IF"));
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

    private static Reading<Integer> mtu(HostFacts facts, Node node) {
        return Subject.carrier(node, facts)
                .map(found -> Reading.of(found.mtu()))
                .orElse(Reading.absent("no interface carries the fabric address"));
    }
}
