package dev.strixhalo.doctor;

import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.host.NetworkInterface;
import dev.strixhalo.host.Reach;
import dev.strixhalo.host.Reach.End;
import java.util.List;

/** What passes between the nodes: high ports over the fabric and over the LAN, and logins. */
final class FirewallChecks {
    private static final String SOURCE = "setup guide, section 4.5; firewall-cmd(1), ufw(8)";

    private FirewallChecks() {}

    static List<Check> checks() {
        return List.of(
                Check.always(
                        "fabric-firewall",
                        Area.ADDRESS,
                        "Ray and RCCL use high ports at random; a firewall on the fabric lets them wait for ever.",
                        SOURCE,
                        "For up to three seconds every node listens on a high port of its fabric address and tries that of the "
                                + "others (with python3). Nothing is changed, and nothing but an address is sent.",
                        subject -> subject.toEveryPeer(peer -> fabric(subject, peer))),
                Check.always(
                        "lan-firewall",
                        Area.ADDRESS,
                        "Ray and torch listen on high ports of the LAN as well, and who reaches them can run code.",
                        SOURCE,
                        "The same meeting, at the address that SSH came in by. Fedora Workstation's zone opens 1025 to 65535 to "
                                + "everybody. Ray's tokens are the second wall.",
                        subject -> subject.toEveryPeer(peer -> lan(subject, peer))),
                Check.always(
                        "node-ssh",
                        Area.ADDRESS,
                        "The setup guide's scripts log in from node to node; the goals of this plugin do not.",
                        "setup guide, section 5.1; ssh_config(5)",
                        "Tried is a login of the same user to the other node's fabric address, without a question "
                                + "(BatchMode) and with known host keys only; known_hosts is not written.",
                        subject -> subject.toEveryPeer(peer -> login(subject, peer))));
    }

    private static Judgement fabric(Subject subject, Node peer) {
        var its = subject.all().get(peer);
        if (its == null) return Judgement.skip(peer.name() + " did not answer doctor");
        if (subject.carrier().isEmpty() || Subject.carrier(peer, its).isEmpty()) {
            return Judgement.skip("the fabric address is missing on one side");
        }
        return Judgement.of(subject.facts().reach(), mine -> {
            var tried = mine.to(peer.fabric().address());
            if (tried == null) return Judgement.skip(peer.name() + " was not tried");
            var wanted = "a high port of every other node answers";
            if (tried.end() == End.OPEN) return Judgement.ok(peer.name() + " answers", wanted);
            if (tried.end() == End.REFUSED && !metAt(subject, its)) {
                return Judgement.skip(its.reach()
                        .fold(
                                there -> peer.name() + " did not listen at the same time",
                                reason -> "%s could not listen: %s".formatted(peer.name(), reason)));
            }
            return Judgement.fail(words(peer, tried), wanted, trust(peer, its));
        });
    }

    /** Every node listens just as long as it tries: one that has reached us was there while we tried it. */
    private static boolean metAt(Subject subject, HostFacts its) {
        var own = subject.node().fabric().address();
        return its.reach()
                .find()
                .filter(Reach::listening)
                .map(there -> there.to(own))
                .filter(back -> back.end() == End.OPEN)
                .isPresent();
    }

    private static String words(Node peer, Reach.Try tried) {
        return switch (tried.end()) {
            case OPEN -> peer.name() + " answers";
            case REFUSED -> peer.name() + " refuses";
            case SILENT -> peer.name() + " keeps silent";
            case REJECTED -> "%s: %s".formatted(peer.name(), tried.said());
        };
    }

    private static String trust(Node peer, HostFacts its) {
        var device = Subject.carrier(peer, its).map(NetworkInterface::name).orElse("IF");
        return "on %s: %s"
                .formatted(
                        peer.name(),
                        ufw(its)
                                ? "sudo ufw allow in on " + device
                                : "sudo firewall-cmd --permanent --zone=trusted --change-interface=%s && sudo firewall-cmd --reload"
                                        .formatted(device));
    }

    private static boolean ufw(HostFacts facts) {
        return facts.os().find().map(os -> os.debianLike()).orElse(false);
    }

    private static Judgement lan(Subject subject, Node peer) {
        return Judgement.of(subject.facts().reach(), mine -> {
            var tried = mine.lanOf(peer.fabric().address());
            if (tried.isEmpty()) {
                return Judgement.skip("%s did not tell its address on the LAN".formatted(peer.name()));
            }
            var its = subject.all().get(peer);
            var outcome = tried.get().outcome();
            return Judgement.okOrWarn(
                    outcome.end() != End.OPEN,
                    outcome.end() == End.OPEN
                            ? "high ports of %s (%s) are open"
                                    .formatted(peer.name(), tried.get().address())
                            : words(peer, outcome),
                    "high ports do not answer on the LAN",
                    its != null && ufw(its)
                            ? "on %s: sudo ufw allow ssh && sudo ufw allow in on %s && sudo ufw enable"
                                    .formatted(
                                            peer.name(),
                                            Subject.carrier(peer, its)
                                                    .map(NetworkInterface::name)
                                                    .orElse("IF"))
                            : "on %s: put the interface of %s into a zone that opens ssh alone:\nsudo firewall-cmd --permanent --zone=public --change-interface=LAN-IF && sudo firewall-cmd --reload"
                                    .formatted(peer.name(), tried.get().address()));
        });
    }

    private static Judgement login(Subject subject, Node peer) {
        var to = peer.fabric().address();
        return Judgement.of(
                subject.facts().loginTo(to),
                tried -> Judgement.okOrWarn(
                        tried.in(),
                        tried.in() ? "%s without a password".formatted(peer.name()) : tried.said(),
                        "ssh %s without a question".formatted(to),
                        "ssh-keygen -t ed25519; ssh-copy-id %s@%s".formatted(subject.user(), to),
                        "mvn strixhalo:prepare -Dstrixhalo.prepare.nodeKeys"));
    }
}
