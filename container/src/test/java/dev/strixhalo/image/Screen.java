package dev.strixhalo.image;

import dev.strixhalo.base.Progress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers what the user would see. */
final class Screen implements Progress {
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void line(String topic, String text) {
        lines.add("%-6s %s".formatted(topic, text));
    }

    @Override
    public void warn(String text) {
        lines.add("WARN " + text);
    }

    @Override
    public Step begin(String topic) {
        return new Step() {
            @Override
            public void bytes(@Nullable String who, long done, long total) {}

            @Override
            public void note(@Nullable String who, String text) {}

            @Override
            public void done(String text) {
                line(topic, text);
            }

            @Override
            public void close() {}
        };
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    String text() {
        return String.join("\n", lines);
    }
}
