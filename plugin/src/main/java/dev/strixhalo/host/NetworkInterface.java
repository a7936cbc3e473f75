package dev.strixhalo.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
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
