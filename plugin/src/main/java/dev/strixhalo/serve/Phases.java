package dev.strixhalo.serve;

import dev.strixhalo.base.Progress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far vLLM is, from what it says: weights, KV cache, graph capture, ready. Each phase is a step with its time; one
 * that this model has not (no graphs when eager) does not appear.
 */
final class Phases implements AutoCloseable {
    /** A progress bar: {@code Loading safetensors checkpoint shards:  50% Completed | 2/4 [00:10<00:10,  5.1s/it]}. */
    private static final Pattern SHARDS =
            Pattern.compile("Loading .*checkpoint shards: +(\\d+)% Completed \\| (\\d+/\\d+)");

    private static final Pattern LOADED = Pattern.compile("(Loading weights|Model loading) took (.+)");
    private static final Pattern KV_ROOM = Pattern.compile("Available KV cache memory: ([0-9.]+ [KMGT]iB)");
    private static final Pattern KV_TOKENS = Pattern.compile("KV cache size: ([0-9,]+) tokens");
    private static final Pattern GRAPHS = Pattern.compile("Capturing (?:CUDA|HIP)? ?graphs?.*?: +(\\d+)%");
    private static final Pattern ENGINE = Pattern.compile("init engine .* took ([0-9.]+) s");

    private final Progress progress;
    private Progress.@Nullable Step step;
    private String topic = "";
    private String outcome = "";

    Phases(Progress progress) {
        this.progress = progress;
        begin("load");
        if (step != null) step.note(null, "vLLM starts");
    }

    /** Takes a line of any part of any node. */
    void take(Sighting.Line line) {
        var who = line.node().name();
        Matcher match = SHARDS.matcher(line.text());
        if (match.find()) {
            note("load", who, match.group(1) + " %");
            return;
        }
        match = LOADED.matcher(line.text());
        if (match.find()) {
            note("load", who, "100 %");
            outcome = "weights are in memory on all nodes";
            return;
        }
        match = KV_ROOM.matcher(line.text());
        if (match.find()) {
            note("start", who, "KV cache " + match.group(1));
            outcome = "KV cache " + match.group(1) + " on each node";
            return;
        }
        match = KV_TOKENS.matcher(line.text());
        if (match.find()) {
            note("start", who, "KV cache of " + match.group(1) + " tokens");
            outcome = (outcome.isEmpty() ? "KV cache of " : outcome + ", ") + match.group(1) + " tokens";
            return;
        }
        match = GRAPHS.matcher(line.text());
        if (match.find()) {
            note("graphs", who, match.group(1) + " %");
            outcome = "graphs are captured";
            return;
        }
        match = ENGINE.matcher(line.text());
        if (match.find()) note("answer", null, "the API starts");
    }

    /** Settles the last phase: an answer came. */
    void answered(Completion answer) {
        note("answer", null, "came");
        outcome = answer.told();
        settle();
    }

    @Override
    public void close() {
        if (step != null) step.close();
    }

    private void note(String phase, @Nullable String who, String text) {
        if (!phase.equals(topic)) {
            settle();
            begin(phase);
        }
        if (step != null) step.note(who, text);
    }

    private void begin(String phase) {
        topic = phase;
        outcome = "";
        step = progress.begin(phase);
    }

    private void settle() {
        if (step == null) return;
        step.done(outcome.isEmpty() ? "done" : outcome);
        step.close();
        step = null;
    }
}
