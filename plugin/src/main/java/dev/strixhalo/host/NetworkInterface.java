package dev.strixhalo.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import java.util.ArrayList;
import java.util.List;

/**
 * A network interface of a node, as {@code ip -j addr} shows it.
 *
 * @param name      as the kernel calls it
 * @param up        whether it is administratively up
 * @param mtu       in bytes
 * @param addresses IPv4 addresses with their prefixes, {@code 192.168.100.1/30}
 */
public record NetworkInterface(String name, boolean up, int mtu, List<String> addresses) {
    public NetworkInterface {
        addresses = List.copyOf(addresses);
    }

    /** Whether it carries this address, whatever its prefix. */
    public boolean carries(String address) {
        return addresses.stream().anyMatch(a -> a.startsWith(address + "/"));
    }

    /**
     * The one interface that carries the node's fabric address, and that the user pinned, if any.
     *
     * @throws StrixhaloException when there is none, more than one, or another
     */
    static NetworkInterface fabric(Node node, List<NetworkInterface> interfaces) throws StrixhaloException {
        var address = node.fabric().address();
        var carriers = interfaces.stream().filter(i -> i.carries(address)).toList();
        if (carriers.size() == 1) {
            var found = carriers.get(0);
            var wanted = node.fabricInterface();
            if (wanted == null || wanted.equals(found.name())) return found;
            throw Problem.of("<fabricInterface> is %s, but %s carries the fabric address %s."
                            .formatted(wanted, found.name(), address))
                    .on(node.name())
                    .found(found.toString())
                    .fix("correct <fabricInterface>, or leave it out and it is found")
                    .asException();
        }
        var problem = Problem.of(
                        carriers.isEmpty()
                                ? "no interface carries the fabric address %s.".formatted(address)
                                : "%d interfaces carry the fabric address %s.".formatted(carriers.size(), address))
                .on(node.name());
        for (var each : interfaces) problem = problem.found(each.toString());
        throw problem.fix(
                        "set <fabricAddress> to the address of the cable's interface, or give the interface that address"
                                + " (setup guide, section 4.3)")
                .asException();
    }

    /** For a message: {@code enp194s0np0 192.168.100.1/30, mtu 9000}. */
    @Override
    public String toString() {
        return "%s %s, mtu %d%s"
                .formatted(
                        name,
                        addresses.isEmpty() ? "without IPv4" : String.join(" ", addresses),
                        mtu,
                        up ? "" : ", down");
    }

    static List<NetworkInterface> parse(String json) throws StrixhaloException {
        try {
            var interfaces = new ArrayList<NetworkInterface>();
            for (var link : RecordFile.json().readTree(json)) {
                var flags = new ArrayList<String>();
                link.path("flags").forEach(flag -> flags.add(flag.asText()));
                var addresses = new ArrayList<String>();
                for (var address : link.path("addr_info")) {
                    if (address.path("family").asText().equals("inet")) {
                        addresses.add(address.path("local").asText() + "/"
                                + address.path("prefixlen").asInt());
                    }
                }
                interfaces.add(new NetworkInterface(
                        link.path("ifname").asText(),
                        flags.contains("UP") && !flags.contains("NO-CARRIER"),
                        link.path("mtu").asInt(),
                        addresses));
            }
            return List.copyOf(interfaces);
        } catch (JsonProcessingException e) {
            throw Problem.of("'ip -j addr' printed no JSON.")
                    .found(e.getOriginalMessage())
                    .fix("iproute2 5.0 or newer is needed")
                    .asException(e);
        }
    }
}
