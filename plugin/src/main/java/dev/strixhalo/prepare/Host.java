package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.HostFacts;
import dev.strixhalo.host.NetworkInterface;
import dev.strixhalo.host.OsRelease;
import dev.strixhalo.host.RdmaPort;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A node before it is prepared.
 *
 * @param node    the node
 * @param cluster that it belongs to
 * @param facts   what doctor knows of it
 * @param state   what prepare knows besides
 * @param wishes  what is to become of it
 * @param others  what it has to know of the other nodes; empty where nothing is planned
 */
record Host(Node node, Cluster cluster, HostFacts facts, HostState state, Wishes wishes, List<Neighbour> others) {
    Host {
        others = List.copyOf(others);
    }

    boolean debianLike() {
        return facts.os()
                .find()
                .map(OsRelease::debianLike)
                .orElse(state.manager().equals("apt"));
    }

    boolean root() {
        return state.user().equals("root");
    }

    /** A command that runs as the node's user, whose home and manager it needs. */
    List<String> asUser(String... argv) {
        var words = new ArrayList<String>();
        if (!root()) {
            words.addAll(List.of("runuser", "-u", state.user(), "--"));
        }
        words.addAll(List.of("env", "HOME=" + state.home(), "XDG_RUNTIME_DIR=/run/user/" + state.uid()));
        words.addAll(List.of(argv));
        return words;
    }

    /** The interface that our own session came in by; empty without SSH. */
    Optional<String> managementInterface() {
        return facts.login()
                .find()
                .filter(login -> !login.lan().isEmpty())
                .flatMap(login -> interfaces().stream()
                        .filter(i -> i.carries(login.lan()))
                        .map(NetworkInterface::name)
                        .findFirst());
    }

    /**
     * The interface that carries, or is to carry, the fabric address.
     *
     * @throws StrixhaloException when it cannot be known, or must not be touched: our session or the default route is on it
     */
    String fabricInterface() throws StrixhaloException {
        var name = findFabricInterface();
        if (managementInterface().filter(name::equals).isPresent()) {
            throw Problem.of("The SSH connection itself runs over the fabric interface %s.".formatted(name))
                    .found("SSH_CONNECTION leads to %s"
                            .formatted(facts.login()
                                    .map(HostFacts.Login::lan)
                                    .find()
                                    .orElse("")))
                    .fix("set <host> to the node's address on the LAN")
                    .fix("correct <fabricInterface>")
                    .asException();
        }
        boolean everywhere = facts.defaultRoutes()
                .map(routes -> routes.stream().anyMatch(r -> r.device().equals(name)))
                .find()
                .orElse(false);
        if (everywhere && !carriesFabric(name)) {
            throw Problem.of("The default route leaves by %s, which would become the fabric interface.".formatted(name))
                    .found("ip route show default")
                    .fix("correct <fabricInterface>: the fabric is a cable of its own between the nodes")
                    .asException();
        }
        return name;
    }

    private String findFabricInterface() throws StrixhaloException {
        var written = node.fabricInterface();
        if (written != null) {
            if (interfaces().stream().anyMatch(i -> i.name().equals(written))) return written;
            throw Problem.of("<fabricInterface> is %s, which this node has not.".formatted(written))
                    .found(names())
                    .fix("correct <fabricInterface>, or leave it out and it is found")
                    .asException();
        }
        var carriers = interfaces().stream()
                .filter(i -> i.carries(node.fabric().address()))
                .map(NetworkInterface::name)
                .toList();
        if (carriers.size() == 1) return carriers.get(0);
        if (carriers.size() > 1) {
            throw Problem.of("%d interfaces carry the fabric address %s."
                            .formatted(carriers.size(), node.fabric().address()))
                    .found(String.join(" ", carriers))
                    .fix("take it off all but one")
                    .fix("name the right one in <fabricInterface>")
                    .asException();
        }
        var verbs = new TreeSet<String>();
        facts.rdma().find().orElse(List.of()).stream().map(RdmaPort::netdevs).forEach(verbs::addAll);
        if (verbs.size() == 1) return verbs.first();
        var free = state.cards().keySet().stream()
                .filter(name -> !managementInterface().filter(name::equals).isPresent())
                .filter(name -> facts.defaultRoutes().find().orElse(List.of()).stream()
                        .noneMatch(r -> r.device().equals(name)))
                .toList();
        if (free.size() == 1) return free.get(0);
        throw Problem.of("Which interface is the fabric's cannot be told.")
                .found(names())
                .fix("name it: <fabricInterface> of the node, as 'ip link' shows it")
                .asException();
    }

    private boolean carriesFabric(String name) {
        return interfaces().stream()
                .anyMatch(i -> i.name().equals(name) && i.carries(node.fabric().address()));
    }

    private String names() {
        return String.join(
                "; ", interfaces().stream().map(NetworkInterface::toString).toList());
    }

    List<NetworkInterface> interfaces() {
        return facts.interfaces().find().orElse(List.of());
    }
}
