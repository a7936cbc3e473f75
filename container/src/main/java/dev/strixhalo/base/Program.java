package dev.strixhalo.base;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program on this machine as a value: what to run, with what, for how long at most. It ends with its whole process tree:
 * by itself, at its time-out, or when the thread that waits for it is interrupted.
 */
public final class Program {
    private static final Duration GRACE = Duration.ofSeconds(5);
    static final Duration PULSE = Duration.ofSeconds(2);

    private final List<String> argv;
    private final Map<String, String> environment;
    private final List<String> unset;
    private final @Nullable Path directory;
    private final byte[] stdin;
    private final boolean pulse;
    private final Duration timeout;
    private final @Nullable Consumer<String> sink;

    private Program(
            List<String> argv,
            Map<String, String> environment,
            List<String> unset,
            @Nullable Path directory,
            byte[] stdin,
            boolean pulse,
            Duration timeout,
            @Nullable Consumer<String> sink) {
        this.argv = List.copyOf(argv);
        this.environment = Map.copyOf(environment);
        this.unset = List.copyOf(unset);
        this.directory = directory;
        this.stdin = stdin;
        this.pulse = pulse;
        this.timeout = timeout;
        this.sink = sink;
    }

    /** A program with its arguments; a minute of time, nothing on standard input. */
    public static Program of(List<String> argv) {
        if (argv.isEmpty()) throw new IllegalArgumentException("a program without a name");
        return new Program(argv, Map.of(), List.of(), null, new byte[0], false, Duration.ofMinutes(1), null);
    }

    public static Program of(String... argv) {
        return of(List.of(argv));
    }

    public Program env(String name, String value) {
        var all = new LinkedHashMap<>(environment);
        all.put(name, value);
        return new Program(argv, all, unset, directory, stdin, pulse, timeout, sink);
    }

    /** Keeps a variable of our own environment away from the program. */
    public Program without(String name) {
        var all = new ArrayList<>(unset);
        all.add(name);
        return new Program(argv, environment, all, directory, stdin, pulse, timeout, sink);
    }

    public Program in(Path newDirectory) {
        return new Program(argv, environment, unset, newDirectory, stdin, pulse, timeout, sink);
    }

    public Program stdin(String text) {
        return new Program(
                argv, environment, unset, directory, text.getBytes(StandardCharsets.UTF_8), pulse, timeout, sink);
    }

    /**
     * Gives the program, after its input, an empty line every {@link #PULSE} for as long as this process lives and waits for it.
     * A program that watches its input then ends when we do, however we end; even behind {@code podman run}, whose client may
     * be killed and leaves the container alone.
     */
    public Program pulsed() {
        return new Program(argv, environment, unset, directory, stdin, true, timeout, sink);
    }

    public Program timeout(Duration newTimeout) {
        return new Program(argv, environment, unset, directory, stdin, pulse, newTimeout, sink);
    }

    /** Hands every line of both streams on as it comes; called from two threads. */
    public Program streaming(Consumer<String> newSink) {
        return new Program(argv, environment, unset, directory, stdin, pulse, timeout, newSink);
    }

    /**
     * What came of a run.
     *
     * @param exitCode as the program gave it
     * @param out      lines of standard output
     * @param err      lines of standard error
     */
    public record Result(List<String> argv, int exitCode, List<String> out, List<String> err) {
        public boolean succeeded() {
            return exitCode == 0;
        }

        /** Standard output as one text. */
        public String text() {
            return String.join("\n", out);
        }

        /**
         * This result, if the program succeeded.
         *
         * @throws StrixhaloException with the last lines that the program said
         */
        public Result orFail() throws StrixhaloException {
            if (succeeded()) return this;
            var problem = Problem.of("%s ended with exit code %d.".formatted(argv.get(0), exitCode));
            var said = err.isEmpty() ? out : err;
            for (var line : said.subList(Math.max(0, said.size() - 12), said.size())) problem = problem.found(line);
            throw problem.fix("run it by hand: " + String.join(" ", argv)).asException();
        }
    }

    /**
     * Runs the program to its end.
     *
     * @throws StrixhaloException when it is not installed, or its time is over (its whole tree is ended then)
     */
    public Result run() throws StrixhaloException {
        var process = start();
        var out = new ArrayList<String>();
        var err = new ArrayList<String>();
        var readers =
                List.of(reader(process.getInputStream(), out, process), reader(process.getErrorStream(), err, process));
        var feeder = feeder(process);
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                endTree(process.toHandle());
                throw Problem.of("%s did not end within %s.".formatted(argv.get(0), Amount.time(timeout)))
                        .fix("see why it hangs: " + String.join(" ", argv))
                        .asException();
            }
            feeder.join(GRACE.toMillis());
            // A child that was left behind may hold the pipe open for ever; what was said until now is enough.
            for (var reader : readers) reader.join(GRACE.toMillis());
        } catch (InterruptedException e) {
            endTree(process.toHandle());
            Thread.currentThread().interrupt();
            throw Problem.of(argv.get(0) + " was interrupted.")
                    .fix("run the goal again")
                    .asException(e);
        }
        synchronized (out) {
            synchronized (err) {
                return new Result(argv, process.exitValue(), List.copyOf(out), List.copyOf(err));
            }
        }
    }

    /**
     * Starts the program and leaves its streams to the caller, who ends it by {@link #endTree}.
     *
     * @throws StrixhaloException when it cannot be started
     */
    public Process start() throws StrixhaloException {
        var builder = new ProcessBuilder(argv);
        builder.environment().putAll(new HashMap<>(environment));
        unset.forEach(builder.environment()::remove);
        if (directory != null) builder.directory(directory.toFile());
        try {
            return builder.start();
        } catch (IOException e) {
            throw Problem.of(argv.get(0) + " cannot be started.")
                    .found(String.valueOf(e.getMessage()))
                    .fix("install it, or put it on the PATH")
                    .asException(e);
        }
    }

    /** Ends a process and all its descendants: politely, then, after five seconds, by force. */
    public static void endTree(ProcessHandle root) {
        var tree = new ArrayList<ProcessHandle>();
        tree.add(root);
        root.descendants().forEach(tree::add);
        tree.forEach(ProcessHandle::destroy);
        long deadline = System.nanoTime() + GRACE.toNanos();
        for (var handle : tree) {
            long left = deadline - System.nanoTime();
            try {
                if (left > 0) handle.onExit().get(left, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
                // Still there: ended by force below.
            }
            if (handle.isAlive()) handle.destroyForcibly();
        }
    }

    private Thread reader(InputStream stream, List<String> lines, Process process) {
        var thread = new Thread(
                () -> {
                    try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                            synchronized (lines) {
                                lines.add(line);
                            }
                            if (sink != null) sink.accept(line);
                        }
                    } catch (IOException e) {
                        // The pipe of a program that was ended; one that still runs must not lose its voice unnoticed.
                        if (process.isAlive()) {
                            synchronized (lines) {
                                lines.add("(output lost: " + e.getMessage() + ")");
                            }
                        }
                    }
                },
                argv.get(0) + " output");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private Thread feeder(Process process) {
        var thread = new Thread(
                () -> {
                    try (OutputStream to = process.getOutputStream()) {
                        to.write(stdin);
                        to.flush();
                        while (pulse && !process.waitFor(PULSE.toMillis(), TimeUnit.MILLISECONDS)) {
                            to.write('\n');
                            to.flush();
                        }
                    } catch (InterruptedException e) {
                        throw new AssertionError("nobody interrupts this thread", e);
                    } catch (IOException e) {
                        // The program ended, or closed its input, before it read all: its exit code tells the rest.
                    }
                },
                argv.get(0) + " input");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
