package dev.strixhalo.verify;

import dev.strixhalo.host.Reading;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a program that measures left behind.
 *
 * @param exitCode  its own; 124 when its time was over
 * @param out       lines of standard output
 * @param err       lines of standard error
 * @param file      lines of the file that it was told to write; empty without one
 * @param clockJump seconds that the node's clock was set by meanwhile
 * @param server    what the server at the other end said; empty without one
 */
record ToolOutput(
        int exitCode, List<String> out, List<String> err, List<String> file, long clockJump, List<String> server) {
    private static final int TIMED_OUT = 124;
    private static final int KILLED_AFTER_TIME_OUT = 137;
    private static final int ABSENT = 127;
    private static final int LONGEST = 160;

    ToolOutput {
        out = List.copyOf(out);
        err = List.copyOf(err);
        file = List.copyOf(file);
        server = List.copyOf(server);
    }

    /** The same, with the words of the server at the other end. */
    ToolOutput with(List<String> said) {
        return new ToolOutput(exitCode, out, err, file, clockJump, said);
    }

    /** What a run that ended well measured; a run that ended badly measured nothing, whatever it printed before. */
    <T> Reading<T> ifSucceeded(Function<ToolOutput, Reading<T>> reader) {
        return switch (exitCode) {
            case 0 -> reader.apply(this);
            case TIMED_OUT, KILLED_AFTER_TIME_OUT ->
                Reading.absent("it did not come to an end in its time" + lastWords());
            case ABSENT -> Reading.absent("it is not installed" + lastWords());
            default -> Reading.absent("it ended with exit code " + exitCode + lastWords());
        };
    }

    /** Whether perftest could not make out how fast the processor counts; a busy machine lets it the next time. */
    boolean uncalibrated() {
        return Stream.of(out, err, server)
                .flatMap(List::stream)
                .anyMatch(line -> line.contains("Correlation coefficient r^2"));
    }

    /** {@code : what it said last}, of itself or of its server; empty when both were silent. */
    String lastWords() {
        var own = last(err.isEmpty() ? out : err);
        return (own.isEmpty() ? "" : ": " + own) + serverWords();
    }

    /** {@code ; the server said: its last words}; empty when it was silent. */
    String serverWords() {
        var words = last(server);
        return words.isEmpty() ? "" : "; the server said: " + words;
    }

    private static String last(List<String> lines) {
        var clean = lines.stream()
                .map(line -> line.replaceAll("\\p{Cntrl}", " ").strip())
                // Rules of perftest's and iperf3's tables.
                .filter(line -> !line.matches("[-*\\s]*|Terminated|[{}\\]]*"))
                .toList();
        if (clean.isEmpty()) return "";
        var line = clean.get(clean.size() - 1);
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }
}
