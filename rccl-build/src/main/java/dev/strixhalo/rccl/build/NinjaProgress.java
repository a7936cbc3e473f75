package dev.strixhalo.rccl.build;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Progress;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/** Ninja's {@code [12/345]} with an estimate of the time that is left; phases of the script before and after it. */
final class NinjaProgress {
    private static final Pattern EDGE = Pattern.compile("\\[(\\d{1,9})/(\\d{1,9})\\].*");
    private static final String PHASE = "@phase ";

    /** So many edges at the end are the link and what comes with it. */
    private static final int LAST = 3;

    private final Progress.Step step;
    private final LongSupplier nanos;
    private long began;

    NinjaProgress(Progress.Step step, LongSupplier nanos) {
        this.step = step;
        this.nanos = nanos;
        this.began = nanos.getAsLong();
    }

    /** Takes a line of the build. */
    void line(String line) {
        if (line.startsWith(PHASE)) {
            began = nanos.getAsLong();
            step.note(
                    null,
                    switch (line.substring(PHASE.length())) {
                        case "configure" -> "configures";
                        case "compile" -> "compiles";
                        default -> "installs";
                    });
            return;
        }
        var edge = EDGE.matcher(line);
        if (!edge.matches()) return;
        long done = Long.parseLong(edge.group(1));
        long all = Long.parseLong(edge.group(2));
        if (done == 0 || all < done) return;
        if (done == all) {
            step.note(null, "[%d/%d]".formatted(done, all));
            return;
        }
        // All device code is compiled once more in the link: minutes, of which the edges before it tell nothing.
        if (all - done <= LAST) {
            step.note(null, "[%d/%d]  only the link is left".formatted(done, all));
            return;
        }
        var left = Duration.ofNanos((nanos.getAsLong() - began) / done * (all - done));
        step.note(null, "[%d/%d]  %s left and the link".formatted(done, all, Amount.time(left)));
    }
}
