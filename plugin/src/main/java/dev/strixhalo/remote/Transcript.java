package dev.strixhalo.remote;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads one stream of a command line by line: what comes before the token was said by the login, what comes after it by the
 * command. Bytes that are no UTF-8 become U+FFFD; a last line needs no line break.
 */
final class Transcript implements Runnable {
    /** Characters that one line may have; above that the output is no text, and memory is not without end. */
    static final int LONGEST_LINE = 16 << 20;

    private static final int GREETING = 20;

    /** The command prints something that has no lines. */
    static final class NoText extends IOException {
        private static final long serialVersionUID = 1L;

        NoText() {
            super("a line of more than 16 Mi characters");
        }
    }

    private final InputStream from;
    private final String token;
    private final int keep;
    private final NodeConnection.Stream stream;
    private final NodeConnection.LineSink sink;

    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private final ArrayDeque<String> greeting = new ArrayDeque<>();
    private boolean begun;
    private OptionalLong process = OptionalLong.empty();
    private @Nullable Throwable failure;

    /** @param keep how many of the last lines are kept */
    Transcript(InputStream from, String token, int keep, NodeConnection.Stream stream, NodeConnection.LineSink sink) {
        this.from = from;
        this.token = token;
        this.keep = keep;
        this.stream = stream;
        this.sink = sink;
    }

    @Override
    public void run() {
        try (var reader = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
            for (String line = next(reader); line != null; line = next(reader)) take(line);
        } catch (IOException | RuntimeException | Error e) {
            // Told by whoever waits for the command, and thrown there if it is a bug of the sink.
            synchronized (this) {
                failure = e;
            }
        }
    }

    private void take(String line) {
        synchronized (this) {
            if (!begun) {
                // A greeting without a line break stands on the token's line.
                int at = line.lastIndexOf(token);
                if (at < 0) add(greeting, line, GREETING);
                else begin(line.substring(at + token.length()).strip());
                return;
            }
            add(lines, line, keep);
        }
        sink.line(stream, line);
    }

    private void begin(String after) {
        begun = true;
        if (!after.isEmpty()) process = OptionalLong.of(Long.parseLong(after));
    }

    private static void add(ArrayDeque<String> to, String line, int most) {
        if (to.size() == most) to.removeFirst();
        to.addLast(line);
    }

    /** Like readLine, but neither without a limit nor cutting at a lone carriage return, with which programs redraw. */
    private static @Nullable String next(BufferedReader reader) throws IOException {
        var line = new StringBuilder();
        for (int c = reader.read(); c >= 0; c = reader.read()) {
            if (c == '\n') return ended(line);
            if (line.length() == LONGEST_LINE) throw new NoText();
            line.append((char) c);
        }
        return line.length() == 0 ? null : ended(line);
    }

    private static String ended(StringBuilder line) {
        int last = line.length() - 1;
        return last >= 0 && line.charAt(last) == '\r' ? line.substring(0, last) : line.toString();
    }

    /** Whether the command took over from the login. */
    synchronized boolean begun() {
        return begun;
    }

    /** The process that leads the command's group, said beside the token on standard output. */
    synchronized OptionalLong process() {
        return process;
    }

    /** The last lines that the login said before the command began. */
    synchronized List<String> greeting() {
        return List.copyOf(greeting);
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    synchronized @Nullable Throwable failure() {
        return failure;
    }
}
