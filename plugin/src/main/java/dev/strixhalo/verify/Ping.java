package dev.strixhalo.verify;

import dev.strixhalo.host.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads {@code ping} of iputils and of busybox. Taken is the median of the round trips after the first, which asks for the
 * other's hardware address too; the average that both print has it in.
 *
 * @param medianMillis of a round trip
 * @param sent         how many
 * @param received     how many came back
 */
record Ping(double medianMillis, int sent, int received) {
    /** {@code 64 bytes from 192.168.100.2: icmp_seq=2 ttl=64 time=0.045 ms}; busybox says {@code seq=}. */
    private static final Pattern REPLY =
            Pattern.compile(".*\\bseq=(\\d{1,9})\\b.*\\btime=(\\d{1,9}(?:\\.\\d{1,9})?) ms.*");

    private static final Pattern COUNTS =
            Pattern.compile("(\\d{1,9}) packets transmitted, (\\d{1,9})(?: packets)? received.*");

    /** One ping that is not counted, then these. */
    static final int COUNT = 10;

    /**
     * 200 ms between pings is the shortest interval that all versions allow to users. Busybox knows no {@code -n}; for an
     * address iputils takes it as said.
     */
    static List<String> command(String address, String from) {
        return List.of("ping", "-c", String.valueOf(COUNT + 1), "-i", "0.2", "-W", "1", "-I", from, address);
    }

    static Reading<Ping> read(ToolOutput output) {
        var times = new ArrayList<Double>();
        int sent = -1;
        int received = -1;
        boolean first = true;
        for (var line : output.out()) {
            var reply = REPLY.matcher(line.replace("icmp_seq", "seq"));
            // A duplicate answers a ping that was counted before.
            if (reply.matches() && !line.contains("(DUP!)")) {
                if (!first) times.add(Double.parseDouble(reply.group(2)));
                first = false;
            }
            var counts = COUNTS.matcher(line.strip());
            if (counts.matches()) {
                sent = Integer.parseInt(counts.group(1));
                received = Integer.parseInt(counts.group(2));
            }
        }
        if (received == 0) return Reading.absent("none of %d pings came back".formatted(sent));
        // With some lost ping ends well, with all lost with exit code 1; 2 is an error of its own.
        int all = sent;
        int back = received;
        return output.ifSucceeded(any -> {
            if (all < 0) return Reading.absent("ping printed no statistics" + output.lastWords());
            if (times.isEmpty()) return Reading.absent("ping printed no times of round trips");
            return Reading.of(new Ping(median(times), all, back));
        });
    }

    private static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
