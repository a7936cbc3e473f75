package dev.strixhalo.doctor;

import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.host.NetworkInterface;
import dev.strixhalo.host.OsRelease;
import dev.strixhalo.host.Reading;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A node before the doctor.
 *
 * @param node    the one that is judged
 * @param facts   its facts
 * @param all     the facts of all nodes that were reached, it among them, in the order of the cluster
 * @param cluster that it belongs to
 * @param wanted  values to measure by
 */
record Subject(Node node, HostFacts facts, Map<Node, HostFacts> all, Cluster cluster, Wanted wanted) {
    /** A command line that installs, for this node's distribution. */
    String install(String fedora, String debian) {
        return install(fedora, debian, debian);
    }

    /** A command line that installs, where Ubuntu has another package than Debian. */
    String install(String fedora, String debian, String ubuntu) {
        if (!debianLike()) return "sudo dnf install " + fedora;
        return "sudo apt-get install " + (ubuntu() ? ubuntu : debian);
    }

    /** A command line that adds arguments of the kernel, for this node's distribution. */
    String bootWith(String arguments) {
        return debianLike()
                ? "add to GRUB_CMDLINE_LINUX_DEFAULT in /etc/default/grub:\n%s\nsudo update-grub && sudo reboot"
                        .formatted(arguments)
                : "sudo grubby --update-kernel=ALL \\\n--args='%s'\nsudo reboot".formatted(arguments);
    }

    boolean debianLike() {
        return facts.os().find().map(OsRelease::debianLike).orElse(false);
    }

    boolean ubuntu() {
        return facts.os()
                .find()
                .map(os -> os.id().equals("ubuntu") || os.like().contains("ubuntu"))
                .orElse(false);
    }

    /** Login name on this node; a word to replace where it is not known. */
    String user() {
        return facts.login().map(HostFacts.Login::user).find().orElse("USER");
    }

    /** The interface that carries the node's fabric address. */
    Optional<NetworkInterface> carrier() {
        return carrier(node, facts);
    }

    static Optional<NetworkInterface> carrier(Node node, HostFacts facts) {
        return facts.carrier(node.fabric().address());
    }

    /** The facts of the other nodes that were reached. */
    Map<Node, HostFacts> others() {
        var others = new LinkedHashMap<>(all);
        others.remove(node);
        return others;
    }

    /** The worst judgement over all other nodes. */
    Judgement toEveryPeer(Function<Node, Judgement> judge) {
        Judgement worst = null;
        for (var peer : cluster.nodes()) {
            if (peer.equals(node)) continue;
            var one = judge.apply(peer);
            if (worst == null || one.verdict().worseThan(worst.verdict())) worst = one;
        }
        return worst == null ? Judgement.skip("there is no other node") : worst;
    }

    /**
     * Compares a value of this node with the first of the other nodes that has another one.
     *
     * @param fact     what is compared, in words for people
     * @param warnOnly whether a difference is a warning and no failure
     * @param fix      how they become equal
     */
    Judgement sameOnAll(Function<HostFacts, Reading<String>> fact, boolean warnOnly, String fix) {
        return Judgement.of(fact.apply(facts), mine -> {
            var others = new LinkedHashMap<Node, String>();
            others().forEach((other, its) -> fact.apply(its).find().ifPresent(value -> others.put(other, value)));
            if (others.isEmpty()) return Judgement.skip("no other node tells its own");
            for (var other : others.entrySet()) {
                if (other.getValue().equals(mine)) continue;
                var wanted = "the same on all nodes; %s has %s"
                        .formatted(other.getKey().name(), other.getValue());
                return warnOnly ? Judgement.warn(mine, wanted, fix) : Judgement.fail(mine, wanted, fix);
            }
            return Judgement.ok(mine, "the same on all nodes");
        });
    }
}
