package dev.strixhalo.it.bench;

import dev.strixhalo.base.Program;
import dev.strixhalo.it.stage.Mismatch;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Reads figures from what Maven printed. */
final class Said {
    /** A settled step ends with its time: {@code 0.6 s}, {@code 1:58}, {@code 2:03:09}. */
    private static final String TIME = "(?:(\\d+\\.\\d) s|(?:(\\d+):)?(\\d+):(\\d{2}))";

    private Said() {}

    /** The seconds that a step took, by the product's own word, for example of {@code image}. */
    static double seconds(Program.Result said, String topic) throws Mismatch {
        var line = Pattern.compile("^\\[INFO] " + Pattern.quote(topic) + " .*\\s{2}" + TIME + "$", Pattern.MULTILINE);
        return line.matcher(said.text())
                .results()
                .reduce((first, last) -> last)
                .map(Said::seconds)
                .orElseThrow(() -> Mismatch.of("no line '%s' with a time".formatted(topic), said));
    }

    private static double seconds(MatchResult time) {
        if (time.group(1) != null) return Double.parseDouble(time.group(1));
        int hours = time.group(2) == null ? 0 : Integer.parseInt(time.group(2));
        return hours * 3600.0 + Integer.parseInt(time.group(3)) * 60 + Integer.parseInt(time.group(4));
    }
}
