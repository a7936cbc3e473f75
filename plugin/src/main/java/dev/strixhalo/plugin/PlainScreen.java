package dev.strixhalo.plugin;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugin.logging.Log;

/** Progress as log lines: for {@code -B}, pipes, files and dumb terminals. */
final class PlainScreen implements Screen {
    private static final Duration PACE = Duration.ofSeconds(5);

    /** Work that says nothing new is named again after so many rounds, so that a log shows that it goes on. */
    private static final int SILENT_ROUNDS = 6;

    private final Log log;
    private final Map<String, String> shown = new HashMap<>();
    private int round;

    PlainScreen(Log log) {
        this.log = log;
    }

    @Override
    public void settled(String line) {
        log.info(line);
    }

    @Override
    public void warning(String line) {
        log.warn(line);
    }

    @Override
    public void underWay(List<StepPart.View> parts) {
        if (parts.isEmpty()) return;
        round++;
        var topic = "";
        for (var part : parts) {
            if (!part.topic().isEmpty()) topic = part.topic();
            var words = new StringBuilder();
            for (var word : List.of(part.who(), part.note(), part.amount())) {
                if (!word.isEmpty()) words.append(words.isEmpty() ? "" : " ").append(word);
            }
            if (!part.speed().isEmpty()) words.append("  ").append(part.speed());
            var key = topic + '\n' + part.who();
            boolean news = !words.toString().equals(shown.put(key, words.toString()));
            if (!news && round % SILENT_ROUNDS != 0) continue;
            log.info(LiveProgress.column(topic) + (words.isEmpty() ? "" : words + "  ") + "("
                    + part.elapsed().toSeconds() + " s so far)");
        }
    }

    @Override
    public Duration pace() {
        return PACE;
    }

    @Override
    public int width() {
        return 100 - "[INFO] ".length();
    }
}
