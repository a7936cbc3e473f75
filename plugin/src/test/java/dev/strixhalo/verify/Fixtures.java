package dev.strixhalo.verify;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Output of tools, kept as files; their first line says where it is from. */
final class Fixtures {
    private Fixtures() {}

    /** The lines of a file, without the first and without the "exit N" that was written down after a run. */
    static List<String> lines(String name) throws IOException {
        try (var stream = Fixtures.class.getResourceAsStream(name)) {
            if (stream == null) throw new IOException(name + " is not there");
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .toList();
        }
    }

    /** A run as the file tells it: what it printed, its exit code after "exit ", and then the file that it wrote. */
    static ToolOutput run(String name) throws IOException {
        var out = new ArrayList<String>();
        var file = new ArrayList<String>();
        int code = 0;
        boolean ended = false;
        for (var line : lines(name)) {
            if (line.matches("exit \\d+")) {
                code = Integer.parseInt(line.substring("exit ".length()));
                ended = true;
            } else (ended ? file : out).add(line);
        }
        return new ToolOutput(code, out, List.of(), file, 0, List.of());
    }

    /** A run that printed this and ended so. */
    static ToolOutput said(int exitCode, String text) {
        return new ToolOutput(exitCode, text.lines().toList(), List.of(), List.of(), 0, List.of());
    }
}
