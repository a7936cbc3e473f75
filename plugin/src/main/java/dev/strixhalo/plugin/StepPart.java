package dev.strixhalo.plugin;

import dev.strixhalo.base.Amount;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;

/** How far one part of a step is: its bytes, how fast they come, or what it does now. */
final class StepPart {
    /** Rates are those of the last seconds: long enough to be calm, short enough to show a stall. */
    private static final long WINDOW = Duration.ofSeconds(5).toNanos();

    private static final long SAMPLE = Duration.ofMillis(200).toNanos();

    private record Sample(long nanos, long done) {}

    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private long done = -1;
    private long total = -1;
    private String note = "";

    /**
     * A part as it is shown.
     *
     * @param topic    of its step
     * @param who      the node or thing, or empty
     * @param note     what it does now, or empty
     * @param amount   {@code 6.9/11.8 GB}, or empty when no bytes move
     * @param speed    {@code 112 MB/s  0:44 left}, or empty
     * @param fraction done of total between 0 and 1; negative when unknown
     * @param elapsed  since the step began
     */
    record View(
            String topic, String who, String note, String amount, String speed, double fraction, Duration elapsed) {}

    void bytes(long newDone, long newTotal, long now) {
        done = newDone;
        total = newTotal;
        if (samples.isEmpty() || now - samples.getLast().nanos() >= SAMPLE) samples.add(new Sample(now, newDone));
        while (samples.size() > 1 && now - samples.getFirst().nanos() > WINDOW) samples.removeFirst();
    }

    void note(String text) {
        note = text;
    }

    View view(String topic, String who, long started, long now) {
        return new View(
                topic,
                who,
                note,
                amount(),
                speed(now),
                total > 0 ? Math.min(1, (double) done / total) : -1,
                Duration.ofNanos(now - started));
    }

    private String amount() {
        if (done < 0) return "";
        if (total < 0) return Amount.bytes(done);
        // Both in the unit of the total, so that they can be compared at a glance.
        var units = new String[] {"B", "kB", "MB", "GB", "TB"};
        int unit = 0;
        double scale = 1;
        while (total / scale >= 1000 && unit < units.length - 1) {
            scale *= 1000;
            unit++;
        }
        return String.format(
                Locale.ROOT, unit == 0 ? "%.0f/%.0f %s" : "%.1f/%.1f %s", done / scale, total / scale, units[unit]);
    }

    private String speed(long now) {
        if (done < 0 || (total >= 0 && done >= total)) return "";
        while (samples.size() > 1 && now - samples.getFirst().nanos() > WINDOW) samples.removeFirst();
        long span = now - samples.getFirst().nanos();
        if (span < SAMPLE) return "";
        double perSecond = (done - samples.getFirst().done()) * 1e9 / span;
        var rate = Amount.bytes((long) Math.max(0, perSecond)) + "/s";
        if (total < 0 || perSecond < 1) return rate;
        long left = (long) Math.ceil((total - done) / perSecond);
        if (left >= 100 * 3600) return rate;
        return left < 3600
                ? "%s  %d:%02d left".formatted(rate, left / 60, left % 60)
                : "%s  %d:%02d:%02d left".formatted(rate, left / 3600, left / 60 % 60, left % 60);
    }
}
