package dev.strixhalo.it.stage;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Computer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Maven at work on a computer, the operator's machine for one, for as long as we let it. */
public final class RunningMaven implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    /** Maven and nothing else on that machine is a Java that has this on its command line. */
    private static final String MAVEN = "org.codehaus.plexus.classworlds.launcher.Launcher";

    private final Computer operator;
    private final CompletableFuture<Program.Result> result;
    private final List<String> said = new CopyOnWriteArrayList<>();

    /** Starts it. */
    public RunningMaven(Computer operator, Program program) {
        this.operator = operator;
        this.result = CompletableFuture.supplyAsync(() -> {
            try {
                return program.streaming(said::add).run();
            } catch (StrixhaloException e) {
                throw new java.util.concurrent.CompletionException(e);
            }
        });
    }

    /** Something that becomes true while Maven works. */
    public interface Event {
        boolean happened() throws Exception;
    }

    /** Waits for something to happen before Maven ends. */
    public void await(String what, Event event) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!event.happened()) {
            if (result.isDone()) throw Mismatch.of("Maven ended before it came to " + what, result.get());
            Mismatch.unless(System.nanoTime() < deadline, "it never came to " + what);
            Thread.sleep(LOOK_AGAIN.toMillis());
        }
    }

    /** Waits until it has said this. */
    public void awaitSaid(String words) throws Exception {
        await("'" + words + "'", () -> said.stream().anyMatch(line -> line.contains(words)));
    }

    /** Ctrl-C at the operator's terminal. */
    public void interrupt() throws StrixhaloException, Mismatch {
        signal("INT");
    }

    /** {@code kill -9}. */
    public void kill() throws StrixhaloException, Mismatch {
        signal("KILL");
    }

    private void signal(String name) throws StrixhaloException, Mismatch {
        Mismatch.unlessGood(operator.asRoot("pkill", "-" + name, "-u", operator.user(), "-f", MAVEN));
    }

    /** What it said to its end. */
    public Program.Result end() throws Exception {
        return end(PATIENCE);
    }

    /** What it said to its end, which has to come soon. */
    public Program.Result end(Duration within) throws Exception {
        try {
            return result.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new Mismatch("Maven does not end: not within " + within.toSeconds() + " s");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StrixhaloException failure ? failure : e;
        }
    }

    @Override
    public void close() throws StrixhaloException {
        if (!result.isDone()) operator.asRoot("pkill", "-KILL", "-u", operator.user(), "-f", MAVEN);
    }

    /** Demands that nothing which Maven had started on the nodes goes on for long after it. */
    public static void nothingGoesOn(List<? extends Computer> nodes, String... patterns) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        for (var node : nodes) {
            for (var pattern : patterns) {
                while (true) {
                    var found = node.asRoot("pgrep", "-u", node.user(), "-a", "-f", pattern);
                    if (!found.succeeded()) break;
                    Mismatch.unless(System.nanoTime() < deadline, node.name() + " still runs " + found.text());
                    Thread.sleep(200);
                }
            }
        }
    }
}
