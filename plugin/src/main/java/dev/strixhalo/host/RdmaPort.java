package dev.strixhalo.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.RecordFile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * A port of a verbs device.
 *
 * @param device        {@code irdma0}, {@code rocep194s0} …
 * @param port          from 1
 * @param state         {@code ACTIVE}, {@code DOWN} …
 * @param physicalState {@code LinkUp}, {@code Disabled} …
 * @param linkLayer     {@code Ethernet} or {@code InfiniBand}
 * @param netdevs       interfaces that it belongs to
 * @param gids          entries of its table that hold an address
 */
public record RdmaPort(
        String device,
        int port,
        String state,
        String physicalState,
        String linkLayer,
        Set<String> netdevs,
        List<Gid> gids) {
    public RdmaPort {
        netdevs = Collections.unmodifiableSet(new LinkedHashSet<>(netdevs));
        gids = List.copyOf(gids);
    }

    /**
     * An entry of the table of addresses.
     *
     * @param index   as {@code NCCL_IB_GID_INDEX} takes it
     * @param address {@code 0000:0000:0000:0000:0000:ffff:c0a8:6401} is an IPv4 address
     * @param type    {@code RoCE v2}, {@code IB/RoCE v1} …; empty when it could not be read, as with iWARP
     */
    public record Gid(int index, String address, String type) {
        public boolean roceV2() {
            return type.equals("RoCE v2");
        }

        /** Whether this is the IPv4 address, {@code 192.168.100.1}, in the form ::ffff:a.b.c.d. */
        public boolean holds(String ipv4) {
            var bytes = ipv4.split("\\.");
            var mapped = "0000:0000:0000:0000:0000:ffff:%02x%02x:%02x%02x"
                    .formatted(
                            Integer.parseInt(bytes[0]),
                            Integer.parseInt(bytes[1]),
                            Integer.parseInt(bytes[2]),
                            Integer.parseInt(bytes[3]));
            return address.equals(mapped);
        }
    }

    /** Entries that RCCL can send from with this IPv4 address: RoCE v2. There should be one. */
    public List<Gid> entriesOf(String ipv4) {
        return gids.stream().filter(gid -> gid.roceV2() && gid.holds(ipv4)).toList();
    }

    public boolean active() {
        return state.equals("ACTIVE") && physicalState.equals("LinkUp");
    }

    /** {@code irdma0:1}. */
    public String name() {
        return device + ":" + port;
    }

    /** All ports of all devices, in the order of their names; none is a fact too. */
    static Reading<List<RdmaPort>> parse(LookOutput output) {
        return output.whatever("rdma-ports", "the ports in sysfs", answer -> {
            var gids = entries(output, "gids");
            var types = entries(output, "gid-types");
            var ndevs = entries(output, "gid-ndevs");
            var files = new TreeMap<String, TreeMap<String, String>>();
            for (var entry : SysfsFiles.parse(answer.lines())) {
                files.computeIfAbsent(folder(entry.path(), 1), any -> new TreeMap<>())
                        .put(entry.fromEnd(0), entry.text());
            }
            var ports = new ArrayList<RdmaPort>();
            files.forEach((path, texts) -> {
                var parts = path.split("/");
                var number = parts[parts.length - 1];
                if (parts.length < 4 || !number.matches("\\d{1,3}")) return;
                var device = parts[parts.length - 3];
                var names = new LinkedHashSet<String>();
                ndevs.stream().filter(e -> folder(e.path(), 3).equals(path)).forEach(e -> names.add(e.text()));
                names.addAll(linked(output, device, Integer.parseInt(number)));
                ports.add(new RdmaPort(
                        device,
                        Integer.parseInt(number),
                        word(texts.getOrDefault("state", "")),
                        word(texts.getOrDefault("phys_state", "")),
                        texts.getOrDefault("link_layer", ""),
                        names,
                        table(path, gids, types)));
            });
            return Reading.of(List.copyOf(ports));
        });
    }

    private static List<Gid> table(String port, List<SysfsFiles.Entry> gids, List<SysfsFiles.Entry> types) {
        var table = new ArrayList<Gid>();
        for (var gid : gids) {
            int index = (int) new SysfsFiles.Entry("", gid.fromEnd(0)).number();
            // A free entry is all zero; of a subnet prefix alone, fe80:: with nothing after it, nobody is the owner.
            boolean free = gid.text().matches("(fe80:)?[0:]*");
            if (index < 0 || free || !folder(gid.path(), 2).equals(port)) continue;
            var type = types.stream()
                    .filter(t ->
                            folder(t.path(), 3).equals(port) && t.fromEnd(0).equals(gid.fromEnd(0)))
                    .map(SysfsFiles.Entry::text)
                    .findFirst()
                    .orElse("");
            table.add(new Gid(index, gid.text(), type));
        }
        table.sort(Comparator.comparingInt(Gid::index));
        return table;
    }

    /** Interfaces by {@code rdma -j link}, which knows them where a table has no addresses yet. */
    private static List<String> linked(LookOutput output, String device, int port) {
        return output.reading("rdma-links", "rdma -j link", answer -> {
                    try {
                        var names = new ArrayList<String>();
                        for (var link : RecordFile.json().readTree(answer.text())) {
                            var name = link.path("netdev").asText();
                            boolean same = link.path("ifname").asText().equals(device)
                                    && link.path("port").asInt() == port;
                            if (same && !name.isEmpty()) names.add(name);
                        }
                        return Reading.of(List.copyOf(names));
                    } catch (JsonProcessingException e) {
                        return Reading.<List<String>>absent(
                                "'rdma -j link' printed no JSON: " + e.getOriginalMessage());
                    }
                })
                .find()
                .orElse(List.of());
    }

    private static List<SysfsFiles.Entry> entries(LookOutput output, String key) {
        return output.find(key).map(answer -> SysfsFiles.parse(answer.lines())).orElse(List.of());
    }

    /** The path without its last parts. */
    private static String folder(String path, int levels) {
        var left = path;
        for (int i = 0; i < levels; i++) left = left.substring(0, Math.max(0, left.lastIndexOf('/')));
        return left;
    }

    /** {@code 4: ACTIVE} is ACTIVE. */
    private static String word(String state) {
        return state.substring(state.indexOf(':') + 1).strip();
    }
}
