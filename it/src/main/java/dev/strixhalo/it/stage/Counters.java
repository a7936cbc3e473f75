package dev.strixhalo.it.stage;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Machine;

/**
 * What passed an interface of a node, by its kernel's count.
 *
 * @param received bytes since boot
 * @param sent     bytes since boot
 */
public record Counters(long received, long sent) {
    public static Counters read(Machine node, String device) throws StrixhaloException, Mismatch {
        var folder = "/sys/class/net/" + device + "/statistics/";
        var lines = Mismatch.unlessGood(node.run("cat", folder + "rx_bytes", folder + "tx_bytes"))
                .out();
        return new Counters(Long.parseLong(lines.get(0)), Long.parseLong(lines.get(1)));
    }

    public Counters since(Counters before) {
        return new Counters(received - before.received, sent - before.sent);
    }
}
