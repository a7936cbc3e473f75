package dev.strixhalo.rdma;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the counters of a node say at one moment.
 *
 * @param ports      of RDMA devices, by name, {@code irdma0:1}
 * @param interfaces bytes of network interfaces since their driver was loaded, by name; without the loopback
 * @param stacked    interfaces above or below that of the fabric, such as the card beneath a VLAN: they count its bytes again
 * @param gone       files that vanished while they were read, or refused to be
 */
public record Counters(
        Map<String, Port> ports, Map<String, Amounts> interfaces, Set<String> stacked, List<String> gone) {
    private static final String SCRIPT = "counters.sh";
    private static final Duration TIME = Duration.ofSeconds(30);

    public Counters {
        ports = Map.copyOf(ports);
        interfaces = Map.copyOf(interfaces);
        stacked = Set.copyOf(stacked);
        gone = List.copyOf(gone);
    }

    /**
     * A port of an RDMA device.
     *
     * @param device for example {@code irdma0}
     * @param number from 1
     * @param driver of the card: {@code ice}, {@code mlx5_core} …; {@code rxe} is Soft-RoCE, which has no card
     * @param layer  {@code Ethernet} or {@code InfiniBand}
     * @param values by file, {@code hw_counters/ip4InOctets}
     */
    record Port(String device, int number, String driver, String layer, Map<String, Long> values) {
        Port {
            values = Map.copyOf(values);
        }
    }

    /**
     * Reads a node's counters in one round trip.
     *
     * @param fabricInterface the interface that carries the node's fabric address
     */
    public static Counters read(NodeConnection connection, String fabricInterface) throws StrixhaloException {
        var command = RemoteCommand.script(script(), fabricInterface, "/sys")
                .called("the counters")
                .timeout(TIME);
        return parse(connection.run(command).orFail().out());
    }

    /** Reads what the script printed; other lines, such as a login banner, are passed over. */
    static Counters parse(List<String> lines) throws StrixhaloException {
        var drivers = new LinkedHashMap<String, String[]>();
        var values = new LinkedHashMap<String, Map<String, Long>>();
        var interfaces = new LinkedHashMap<String, Amounts>();
        var stacked = new LinkedHashSet<String>();
        var gone = new ArrayList<String>();
        boolean ended = false;
        for (var line : lines) {
            var words = line.strip().split(" +");
            switch (words[0]) {
                case "port" -> {
                    if (words.length == 5 && number(words[2]) > 0) drivers.put(words[1] + ":" + words[2], words);
                }
                case "count" -> {
                    // "N/A (no PMA)" is an answer of the kernel, too; such a counter is not there.
                    if (words.length == 5 && number(words[4]) >= 0) {
                        values.computeIfAbsent(words[1] + ":" + words[2], any -> new LinkedHashMap<>())
                                .put(words[3], number(words[4]));
                    }
                }
                case "net" -> {
                    if (words.length == 4 && number(words[2]) >= 0 && number(words[3]) >= 0)
                        interfaces.put(words[1], new Amounts(number(words[2]), number(words[3])));
                }
                case "stacked" -> {
                    if (words.length == 2) stacked.add(words[1]);
                }
                case "gone" -> gone.add(line.strip().substring("gone".length()).strip());
                case "end" -> ended = words.length == 1;
                default -> {
                    // Not the script's.
                }
            }
        }
        if (!ended) {
            throw Problem.of("The look at the node's counters broke off.")
                    .found(lines.isEmpty() ? "it said nothing at all" : "its last line: " + lines.get(lines.size() - 1))
                    .fix("log in there and see whether 'sh' works and /sys/class/net can be read")
                    .asException();
        }
        var ports = new LinkedHashMap<String, Port>();
        drivers.forEach((name, words) -> ports.put(
                name,
                new Port(words[1], (int) number(words[2]), words[3], words[4], values.getOrDefault(name, Map.of()))));
        return new Counters(ports, interfaces, stacked, gone);
    }

    /** The text of the script; its parameters are the fabric interface and the folder of sysfs. */
    static String script() {
        try (InputStream stream = Counters.class.getResourceAsStream(SCRIPT)) {
            if (stream == null) throw new IllegalStateException(SCRIPT + " is not in the jar");
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(SCRIPT + " in the jar", e);
        }
    }

    /** A counter's value; -1 for what is none. Counters of 64 bits stay far below their half in any machine's life. */
    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
    }
}
