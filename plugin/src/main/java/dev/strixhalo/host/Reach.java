package dev.strixhalo.host;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of a meeting of all nodes on a high port: each listens on its addresses and tries those of the others, for the
 * same few seconds. That tells more than any list of rules, which a plain user may not read anyway: a packet went there or it
 * did not. Python does it, since it is on every Fedora and Ubuntu, which cannot be said of nc, ncat or socat, and since
 * bash's {@code /dev/tcp} cannot listen; where it is absent nothing is known.
 *
 * @param listening whether this node listened on its fabric address
 * @param fabric    what came of trying each other node's fabric address
 * @param lan       what came of trying each other node's LAN address, which it told over the fabric
 */
public record Reach(boolean listening, Map<String, Try> fabric, Map<String, LanTry> lan) {
    public Reach {
        fabric = Map.copyOf(fabric);
        lan = Map.copyOf(lan);
    }

    /**
     * What came of a try.
     *
     * @param end  how it ended
     * @param said the system's own words where it had some, such as {@code No route to host}
     */
    public record Try(End end, String said) {
        static Try of(String words) {
            return switch (words) {
                case "open" -> new Try(End.OPEN, "");
                case "refused" -> new Try(End.REFUSED, "");
                case "silent" -> new Try(End.SILENT, "");
                default -> new Try(End.REJECTED, words);
            };
        }
    }

    /** How a try ended. */
    public enum End {
        /** The other end was reached. */
        OPEN,
        /** Somebody closed the connection at once: nobody listened there, or a firewall says so. */
        REFUSED,
        /** No answer, as when a firewall drops packets. */
        SILENT,
        /** The network or a firewall said that there is no way. */
        REJECTED
    }

    /**
     * A try from LAN to LAN.
     *
     * @param address of the other node
     * @param outcome of trying it
     */
    public record LanTry(String address, Try outcome) {}

    /** What came of trying a node's fabric address. */
    public @Nullable Try to(String peer) {
        return fabric.get(peer);
    }

    /** What came of trying the LAN address of the node with this fabric address. */
    public Optional<LanTry> lanOf(String peer) {
        return Optional.ofNullable(lan.get(peer));
    }

    static Reading<Reach> parse(LookOutput output) {
        if (output.find("reach").filter(LookOutput.Answer::timedOut).isPresent()) {
            return Reading.absent("the meeting of the nodes on a high port did not come to an end in its time");
        }
        return output.reading("reach", "python3", answer -> parse(answer.lines()));
    }

    private static Reading<Reach> parse(List<String> lines) {
        boolean listening = false;
        var fabric = new LinkedHashMap<String, Try>();
        var lan = new LinkedHashMap<String, LanTry>();
        for (var line : lines) {
            var words = line.strip().split(" ", 4);
            switch (words[0]) {
                case "listen" -> listening |= line.strip().equals("listen fabric ok");
                case "fabric" -> {
                    var parts = line.strip().split(" ", 3);
                    if (parts.length == 3) fabric.put(parts[1], Try.of(parts[2]));
                }
                case "lan" -> {
                    if (words.length == 4) lan.put(words[1], new LanTry(words[2], Try.of(words[3])));
                }
                default -> {}
            }
        }
        return fabric.isEmpty()
                ? Reading.absent("no other node was tried")
                : Reading.of(new Reach(listening, fabric, lan));
    }
}
