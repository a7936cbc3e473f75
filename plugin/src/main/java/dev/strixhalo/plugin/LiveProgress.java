package dev.strixhalo.plugin;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Keeps what is under way and shows it on a screen at the screen's pace; safe for the threads of all nodes. */
final class LiveProgress implements Progress, AutoCloseable {
    private static final int TOPIC = 8;

    private final Screen screen;
    private final LongSupplier nanos;
    private final List<Running> running = new ArrayList<>();
    private String lastTopic = "";
    private @Nullable ScheduledExecutorService timer;

    /**
     * @param screen where it is shown
     * @param nanos  the clock, as {@link System#nanoTime}
     */
    LiveProgress(Screen screen, LongSupplier nanos) {
        this.screen = screen;
        this.nanos = nanos;
    }

    @Override
    public synchronized void line(String topic, String text) {
        for (var line : text.lines().toList()) {
            screen.settled(column(topic.equals(lastTopic) ? "" : topic) + line);
            lastTopic = topic;
        }
    }

    @Override
    public synchronized void warn(String text) {
        text.lines().forEach(screen::warning);
    }

    @Override
    public synchronized Step begin(String topic) {
        var step = new Running(topic, nanos.getAsLong());
        running.add(step);
        if (timer == null) timer = startTimer();
        return step;
    }

    /** Shows what is under way now. */
    synchronized void tick() {
        long now = nanos.getAsLong();
        var parts = new ArrayList<StepPart.View>();
        for (var step : running) {
            var lastShown = "";
            for (var part : step.parts.entrySet()) {
                var topic = lastShown.equals(step.topic) ? "" : step.topic;
                parts.add(part.getValue().view(topic, part.getKey(), step.started, now));
                lastShown = step.topic;
            }
            if (step.parts.isEmpty()) parts.add(new StepPart().view(step.topic, "", step.started, now));
        }
        screen.underWay(parts);
    }

    @Override
    public synchronized void close() {
        if (timer != null) timer.shutdownNow();
        timer = null;
        running.clear();
        screen.underWay(List.of());
    }

    /** A topic as the first column of a line. */
    static String column(String topic) {
        return topic.length() < TOPIC ? topic + " ".repeat(TOPIC - topic.length()) : topic + " ";
    }

    private ScheduledExecutorService startTimer() {
        var executor = Executors.newSingleThreadScheduledExecutor(work -> {
            var thread = new Thread(work, "strixhalo-progress");
            thread.setDaemon(true);
            return thread;
        });
        long pace = screen.pace().toMillis();
        // A tick that fails ends the display, which must be seen; the work itself goes on.
        @SuppressWarnings("FutureReturnValueIgnored")
        Runnable show = () -> {
            try {
                tick();
            } catch (RuntimeException e) {
                warn("no further progress can be shown: " + e);
                throw e;
            }
        };
        executor.scheduleAtFixedRate(show, pace, pace, TimeUnit.MILLISECONDS);
        return executor;
    }

    private final class Running implements Step {
        private final String topic;
        private final long started;
        private final Map<String, StepPart> parts = new LinkedHashMap<>();

        Running(String topic, long started) {
            this.topic = topic;
            this.started = started;
        }

        @Override
        public void bytes(@Nullable String who, long done, long total) {
            synchronized (LiveProgress.this) {
                part(who).bytes(done, total, nanos.getAsLong());
            }
        }

        @Override
        public void note(@Nullable String who, String text) {
            synchronized (LiveProgress.this) {
                part(who).note(text.lines().findFirst().orElse(""));
            }
        }

        @Override
        public void done(String text) {
            synchronized (LiveProgress.this) {
                close();
                line(topic, timed(text, Duration.ofNanos(nanos.getAsLong() - started)));
            }
        }

        @Override
        public void close() {
            synchronized (LiveProgress.this) {
                if (running.remove(this) && running.isEmpty()) screen.underWay(List.of());
            }
        }

        private StepPart part(@Nullable String who) {
            return parts.computeIfAbsent(who == null ? "" : who, name -> new StepPart());
        }

        /** The text with the time of the step at the right edge of its last line. */
        private String timed(String text, Duration time) {
            int last = text.lastIndexOf('\n') + 1;
            int room = screen.width() - TOPIC - (text.length() - last);
            var shown = Amount.time(time);
            return text + " ".repeat(Math.max(2, room - shown.length())) + shown;
        }
    }
}
