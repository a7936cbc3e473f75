package dev.strixhalo.rdma;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What RCCL itself says of the network that it chose, in the words of NCCL 2.4 to 2.29 ({@code NCCL_DEBUG=INFO}, subsystems
 * INIT and NET). What counts is the network that a communicator uses or, where its channels are told, what they go by; that
 * devices were looked for is no choice: without any device NCCL 2.26 and newer still print {@code NET/IB : Using [RO]; OOB …}
 * right before they fall back to sockets.
 *
 * @param network that was chosen
 * @param devices RDMA ports, {@code irdma0:1}, or interfaces of the sockets
 * @param why     the line that says so, or why nothing is known; a part of a sentence
 */
public record RcclLog(Network network, List<String> devices, String why) {
    /** By what RCCL sends to other nodes. */
    public enum Network {
        /** RDMA verbs, over InfiniBand or RoCE: RCCL calls both {@code NET/IB}. */
        IB,
        /** TCP. */
        SOCKET,
        /** It does not say, or it says something that we do not know. */
        UNKNOWN
    }

    private static final Pattern IB_LINE = Pattern.compile("NET/IB ?: Using(.*?)(; OOB|$)");
    private static final Pattern IB_DEVICE = Pattern.compile("([A-Za-z][A-Za-z0-9_.-]*):(\\d+)/(?:IB|RoCE)");
    private static final Pattern SOCKET_LINE = Pattern.compile("NET/Socket ?: Using(.*)");
    private static final Pattern SOCKET_DEVICE = Pattern.compile("\\[\\d+](\\S+?):\\S");
    private static final Pattern CHOSEN = Pattern.compile("Using network (\\S+)");
    private static final Pattern CHANNEL = Pattern.compile(" via NET/([^/\\s]+)/\\d+");

    public RcclLog {
        devices = List.copyOf(devices);
        if (network == Network.IB && devices.isEmpty()) throw new IllegalArgumentException("NET/IB without a device");
    }

    /** Nothing is known of it. */
    public static RcclLog unknown(String why) {
        return new RcclLog(Network.UNKNOWN, List.of(), why);
    }

    /**
     * Judges the files of a node.
     *
     * @param ranks lines of each; the file of a process that never spoke to another node says nothing and does no harm
     */
    public static RcclLog of(List<List<String>> ranks) {
        if (ranks.isEmpty()) return unknown("RCCL wrote no log");
        var told = ranks.stream().map(RcclLog::rank).toList();
        for (var network : List.of(Network.SOCKET, Network.IB)) {
            // One rank that fell back makes all others wait for it.
            var devices = new LinkedHashSet<String>();
            String why = null;
            for (var each : told) {
                if (each.network() != network) continue;
                if (why == null) why = each.why();
                devices.addAll(each.devices());
            }
            if (why != null) return new RcclLog(network, List.copyOf(devices), why);
        }
        return told.stream()
                .filter(each -> !each.why().equals(SILENT))
                .findFirst()
                .orElse(unknown(SILENT));
    }

    private static final String SILENT = "RCCL's log names no network";

    private static RcclLog rank(List<String> lines) {
        Set<String> ports = new LinkedHashSet<>();
        Set<String> interfaces = new LinkedHashSet<>();
        var chosen = new ArrayList<String[]>();
        var channels = new ArrayList<String[]>();
        for (var line : lines) {
            var text = message(line);
            var ib = IB_LINE.matcher(text);
            if (ib.find()) {
                var device = IB_DEVICE.matcher(ib.group(1));
                while (device.find()) ports.add(device.group(1) + ":" + device.group(2));
            }
            var socket = SOCKET_LINE.matcher(text);
            if (socket.find()) {
                var device = SOCKET_DEVICE.matcher(socket.group(1));
                while (device.find()) interfaces.add(device.group(1));
            }
            var network = CHOSEN.matcher(text);
            if (network.find()) chosen.add(new String[] {network.group(1), text});
            var channel = CHANNEL.matcher(text);
            if (channel.find()) channels.add(new String[] {channel.group(1), text});
        }
        // What a channel really goes by is worth more than what was chosen for it.
        var said = channels.isEmpty() ? chosen : channels;
        if (said.isEmpty()) return unknown(SILENT);
        for (var each : said) {
            if (each[0].equals("Socket")) return new RcclLog(Network.SOCKET, List.copyOf(interfaces), each[1]);
        }
        for (var each : said) {
            // IB; IBext and the like are Nvidia's plugin for the same verbs, IB-CAST is AMD's.
            if (!each[0].startsWith("IB")) return unknown("RCCL uses a network that we do not know: " + each[1]);
        }
        if (ports.isEmpty()) return unknown("RCCL says '%s', but names no device".formatted(said.get(0)[1]));
        return new RcclLog(Network.IB, List.copyOf(ports), said.get(0)[1]);
    }

    /** What follows {@code host:pid:thread [device] NCCL INFO}; the whole line where that is missing. */
    private static String message(String line) {
        int begin = line.indexOf("NCCL INFO ");
        return (begin < 0 ? line : line.substring(begin + "NCCL INFO ".length())).strip();
    }
}
