package dev.strixhalo.it.bench;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.stage.Mismatch;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** Runs programs under a stopwatch and keeps what each of them said, line by line with the second in which it said it. */
final class RawLog {
    private final Path folder;
    private int number;

    /** @param folder new, for this run alone */
    RawLog(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    Path folder() {
        return folder;
    }

    /**
     * A program that ended well.
     *
     * @param time from its start to its end
     */
    record Timed(Program.Result result, Duration time) {
        double seconds() {
            return time.toNanos() / 1e9;
        }
    }

    /**
     * Runs a program to its end.
     *
     * @param label becomes part of the file's name
     * @throws Mismatch when it failed, with all that it said
     */
    Timed run(String label, Program program) throws StrixhaloException, IOException, Mismatch {
        var file = folder.resolve("%03d-%s.log".formatted(++number, label));
        try (var out = Files.newBufferedWriter(file)) {
            long start = System.nanoTime();
            var result = program.streaming(line -> write(out, start, line)).run();
            var time = Duration.ofNanos(System.nanoTime() - start);
            write(out, start, "exit code " + result.exitCode() + ": " + String.join(" ", result.argv()));
            return new Timed(Mismatch.unlessGood(result), time);
        }
    }

    private static void write(BufferedWriter out, long start, String line) {
        double seconds = (System.nanoTime() - start) / 1e9;
        synchronized (out) {
            try {
                out.write(String.format(Locale.ROOT, "%9.3f  %s%n", seconds, line));
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException("the log of the benchmark", e);
            }
        }
    }
}
