package dev.strixhalo.cluster;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Machines that serve one model together.
 *
 * @param name  of the cluster; part of container names on the nodes
 * @param link  what connects the nodes
 * @param nodes one or more; the first is the head
 */
public record Cluster(String name, Link link, List<Node> nodes) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?");
    private static final Pattern USER = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]{0,31}");
    // IFNAMSIZ is 16 with the final zero; '/' and blanks are what the kernel refuses (dev_valid_name).
    private static final Pattern INTERFACE = Pattern.compile("[^\\s/:]{1,15}");

    public Cluster {
        nodes = List.copyOf(nodes);
        if (nodes.isEmpty()) throw new IllegalArgumentException("a cluster without nodes");
    }

    /**
     * Makes a cluster of what was written down.
     *
     * @throws StrixhaloException with everything that is wrong with it
     */
    public static Cluster of(@Nullable String name, @Nullable String link, List<NodeDescription> descriptions)
            throws StrixhaloException {
        var problems = new ArrayList<Problem>();
        var clusterName = name == null ? "strix" : name.strip();
        if (!NAME.matcher(clusterName).matches()) {
            problems.add(Problem.of("The cluster's <name> is '%s'.".formatted(clusterName))
                    .fix("1 to 40 small letters, digits and hyphens, for example <name>strix</name>"));
        }
        var clusterLink = link == null ? Link.ROCE : Link.parse(link, problems);
        if (descriptions.isEmpty()) {
            problems.add(Problem.of("<cluster> names no <node>.")
                    .fix("add <nodes><node>…</node></nodes>; the first node is the head"));
        }
        var nodes = new ArrayList<Node>();
        for (int i = 0; i < descriptions.size(); i++) {
            node(i, descriptions.get(i), problems).ifPresent(nodes::add);
        }
        if (problems.isEmpty()) compare(nodes, problems);
        if (!problems.isEmpty()) throw new StrixhaloException(problems, null, null);
        return new Cluster(clusterName, clusterLink, nodes);
    }

    /** The same cluster as if it had this node alone, for work that one of them does. */
    public Cluster only(Node node) {
        return new Cluster(name, link, List.of(node));
    }

    /** The node that runs Ray's head and answers requests. */
    public Node head() {
        return nodes.get(0);
    }

    private static Optional<Node> node(int index, NodeDescription written, List<Problem> problems) {
        var name =
                written.name() == null ? "node" + (index + 1) : written.name().strip();
        var mine = new ArrayList<Problem>();
        if (!NAME.matcher(name).matches()) {
            mine.add(Problem.of("its <name> is not usable.")
                    .fix("1 to 40 small letters, digits and hyphens, for example <name>node1</name>"));
        }
        var host = written.host() == null ? "" : written.host().strip();
        if (host.isEmpty()) {
            mine.add(Problem.of("it has no <host>.")
                    .fix("what you would type after ssh, for example <host>10.0.0.1%d</host>; 'local' is this machine"
                            .formatted(index + 1)));
        } else if (host.startsWith("-") || host.chars().anyMatch(c -> c <= ' ' || c == '@' || c == '/')) {
            mine.add(Problem.of("its <host> '%s' is no host name.".formatted(host))
                    .fix("a name or an address alone; the login name goes into <user>, a port into ~/.ssh/config"));
        }
        var user = written.user() == null ? null : written.user().strip();
        if (user != null && !USER.matcher(user).matches()) {
            mine.add(Problem.of("its <user> '%s' is no login name.".formatted(user))
                    .fix("letters, digits, '_', '.' and '-', for example <user>strix</user>"));
        }
        var device = written.fabricInterface() == null
                ? null
                : written.fabricInterface().strip();
        if (device != null && !INTERFACE.matcher(device).matches()) {
            mine.add(Problem.of("its <fabricInterface> '%s' is no interface name.".formatted(device))
                    .fix("as 'ip link' shows it, for example enp194s0np0; or leave it out and it is found"));
        }
        Optional<FabricAddress> fabric = Optional.empty();
        if (written.fabricAddress() == null) {
            mine.add(Problem.of("it has no <fabricAddress>.")
                    .fix(
                            "its address on the cable between the nodes, for example <fabricAddress>192.168.100.%d/30</fabricAddress>"
                                    .formatted(index + 1)));
        } else {
            fabric = FabricAddress.parse(written.fabricAddress(), mine);
            if (fabric.isPresent() && fabric.get().address().equals(host)) {
                mine.add(Problem.of("its <host> is its <fabricAddress>: %s.".formatted(host))
                        .fix("<host> is the address on the LAN; the fabric carries tensors only"));
            }
        }
        mine.forEach(problem -> problems.add(problem.on(name)));
        if (!mine.isEmpty()) return Optional.empty();
        return Optional.of(new Node(name, host, user, fabric.orElseThrow(), device));
    }

    private static void compare(List<Node> nodes, List<Problem> problems) {
        var names = new HashMap<String, Node>();
        var hosts = new HashMap<String, Node>();
        var addresses = new HashMap<String, Node>();
        for (var node : nodes) {
            if (names.put(node.name(), node) != null) {
                problems.add(Problem.of("Two nodes are named '%s'.".formatted(node.name()))
                        .fix("give each <node> a <name> of its own"));
            }
            var sameHost = hosts.put(node.user() + "@" + node.host(), node);
            if (sameHost != null) {
                problems.add(Problem.of("%s and %s have the same <host> %s."
                                .formatted(sameHost.name(), node.name(), node.host()))
                        .fix("each node is a machine of its own"));
            }
            var sameAddress = addresses.put(node.fabric().address(), node);
            if (sameAddress != null) {
                problems.add(Problem.of("%s and %s have the same <fabricAddress> %s."
                                .formatted(sameAddress.name(), node.name(), node.fabric()))
                        .fix("for example 192.168.100.1/30 and 192.168.100.2/30"));
            } else if (!node.fabric().sameNetwork(nodes.get(0).fabric())) {
                problems.add(
                        Problem.of("%s (%s, network %s) and %s (%s, network %s) are in different networks."
                                        .formatted(
                                                nodes.get(0).name(),
                                                nodes.get(0).fabric(),
                                                nodes.get(0).fabric().network(),
                                                node.name(),
                                                node.fabric(),
                                                node.fabric().network()))
                                .fix(
                                        "give all nodes addresses of one network with one prefix, for example 192.168.100.1/30 and 192.168.100.2/30"));
            }
        }
    }
}
