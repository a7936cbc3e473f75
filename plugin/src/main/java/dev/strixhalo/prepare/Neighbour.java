package dev.strixhalo.prepare;

import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.HostFacts;
import java.util.ArrayList;
import java.util.List;

/**
 * Another node, as far as a node has to know it to let its user in and to log in there.
 *
 * @param node the other one
 * @param lan  its address on the LAN; empty when our own session does not tell
 * @param keys its user's and its own
 */
record Neighbour(Node node, String lan, SshKeys keys) {
    static Neighbour of(Node node, HostFacts facts, HostState state) {
        return new Neighbour(
                node, facts.login().map(HostFacts.Login::lan).find().orElse(""), state.ssh());
    }

    /** How known_hosts names it (sshd(8)): by its address on the LAN, unless that is also ours, and on the fabric. */
    List<String> names(String ownLan) {
        var names = new ArrayList<String>();
        if (!lan.isEmpty() && !lan.equals(ownLan)) names.add(named(lan));
        var fabric = named(node.fabric().address());
        if (!names.contains(fabric)) names.add(fabric);
        return names;
    }

    private String named(String address) {
        return keys.port().isEmpty() || keys.port().equals("22") ? address : "[%s]:%s".formatted(address, keys.port());
    }
}
