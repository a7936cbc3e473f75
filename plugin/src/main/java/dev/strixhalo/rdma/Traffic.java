package dev.strixhalo.rdma;

import dev.strixhalo.host.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What went through a node between two moments.
 *
 * <p>An RDMA card hands RDMA past the kernel's network stack: with irdma the interface's own counters never see it. Soft-RoCE
 * is made of the stack's packets, and there they do. So the bytes of the fabric's interface prove TCP and nothing else.
 *
 * @param ports      by RDMA port, {@code irdma0:1}
 * @param interfaces by network interface, without those stacked upon the fabric's
 * @param gone       files that could not be read at one of the two moments
 */
public record Traffic(Map<String, PortTraffic> ports, Map<String, Reading<Amounts>> interfaces, List<String> gone) {
    /** A counter of 32 bits stops here on old adapters (IBA specification, PortCounters), and says nothing any more. */
    private static final long FULL = 0xffff_ffffL;

    public Traffic {
        ports = Map.copyOf(ports);
        interfaces = Map.copyOf(interfaces);
        gone = List.copyOf(gone);
    }

    /**
     * What went through an RDMA port.
     *
     * @param driver  of its card
     * @param bytes   of it, where its driver counts them
     * @param packets of it, where its driver counts them
     */
    public record PortTraffic(String driver, Reading<Amounts> bytes, Reading<Amounts> packets) {}

    /** What went by between two looks at one node. */
    public static Traffic between(Counters before, Counters after) {
        var ports = new TreeMap<String, PortTraffic>();
        before.ports().forEach((name, port) -> {
            var later = after.ports().get(name);
            if (later == null) {
                Reading<Amounts> none = Reading.absent(name + " is not there any more");
                ports.put(name, new PortTraffic(port.driver(), none, none));
                return;
            }
            ports.put(
                    name,
                    new PortTraffic(
                            port.driver(),
                            moved(port, later, DriverCounters.bytes(port), "bytes"),
                            moved(port, later, DriverCounters.packets(port), "packets")));
        });
        var interfaces = new TreeMap<String, Reading<Amounts>>();
        before.interfaces().forEach((name, then) -> {
            if (before.stacked().contains(name)) return;
            interfaces.put(name, moved(name, then, after.interfaces().get(name)));
        });
        var gone = new ArrayList<>(before.gone());
        after.gone().stream().filter(file -> !gone.contains(file)).forEach(gone::add);
        return new Traffic(ports, interfaces, gone);
    }

    private static Reading<Amounts> moved(
            Counters.Port before, Counters.Port after, Optional<DriverCounters> files, String unit) {
        if (files.isEmpty()) {
            return Reading.absent(
                    "%s's driver %s counts no %s that we know".formatted(before.device(), before.driver(), unit));
        }
        long[] sums = new long[2];
        for (int way = 0; way < 2; way++) {
            for (var file : way == 0 ? files.get().in() : files.get().out()) {
                long then = before.values().getOrDefault(file, 0L);
                var now = after.values().get(file);
                if (now == null)
                    return Reading.absent("%s of %s could not be read again".formatted(file, before.device()));
                if (now < then) {
                    return Reading.absent("%s of %s went from %d to %d: it was reset, or ran over"
                            .formatted(file, before.device(), then, now));
                }
                if (now == FULL) {
                    return Reading.absent(
                            "%s of %s is full: it has 32 bits and counts no further".formatted(file, before.device()));
                }
                sums[way] += (now - then) * files.get().factor();
            }
        }
        return Reading.of(new Amounts(sums[0], sums[1]));
    }

    private static Reading<Amounts> moved(String name, Amounts then, @Nullable Amounts now) {
        if (now == null) return Reading.absent(name + " is not there any more");
        if (now.in() < then.in() || now.out() < then.out()) {
            return Reading.absent("the counters of %s went back: they were reset, or ran over".formatted(name));
        }
        return Reading.of(new Amounts(now.in() - then.in(), now.out() - then.out()));
    }
}
