package dev.strixhalo.remote;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.remote.NodeConnection.LineSink;
import dev.strixhalo.remote.NodeConnection.Stream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One run of a command from its start to its end: feeds it, reads both its streams at once, watches its time. */
final class Execution {
    /** How long the streams may stay open after the command itself has ended: someone it left behind holds them. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final int LAST_WORDS = 8;

    private final Node node;
    private final RemoteCommand command;
    private final RunningCommand running;
    private final Transcript out;
    private final Transcript err;
    private final CountDownLatch unread = new CountDownLatch(2);
    private final CountDownLatch ended = new CountDownLatch(1);

    Execution(Node node, RemoteCommand command, RunningCommand running, String token, int keep, LineSink sink)
            throws IOException {
        this.node = node;
        this.command = command;
        this.running = running;
        this.out = new Transcript(running.out(), token, keep, Stream.OUT, sink);
        this.err = new Transcript(running.err(), token, keep, Stream.ERR, sink);
    }

    /** Waits for the end, which comes at the command's time-out at the latest. */
    CommandResult await(byte[] stdin) throws StrixhaloException {
        long deadline = System.nanoTime() + command.timeout().toNanos();
        start("out", () -> read(out));
        start("err", () -> read(err));
        start("in", () -> feed(stdin));
        try {
            long graceEnds = Long.MAX_VALUE;
            while (true) {
                // A closed channel gives no word; the end of the streams comes first, so this hardly ever polls.
                boolean read = unread.await(10, TimeUnit.MILLISECONDS);
                if (read && running.over()) break;
                if (out.failure() != null || err.failure() != null) break;
                if (read) Thread.sleep(1);
                long now = System.nanoTime();
                if (graceEnds == Long.MAX_VALUE
                        && (running.over() || running.exitCode().isPresent())) {
                    graceEnds = now + GRACE.toNanos();
                }
                if (now - graceEnds > 0) break;
                if (now - deadline > 0) throw late();
            }
            return result();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Problem.of("'%s' was interrupted and ended.".formatted(command))
                    .on(node.name())
                    .fix("run the goal again")
                    .asException(e);
        } finally {
            end();
        }
    }

    /** An interrupt must not stop the very thing that ends the command: JSch and ProcessHandle both wait inside. */
    private void end() {
        ended.countDown();
        boolean interrupted = Thread.interrupted();
        try {
            running.end(out.process());
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private CommandResult result() throws StrixhaloException {
        OptionalInt exitCode = running.exitCode();
        for (var transcript : List.of(out, err)) {
            var failure = transcript.failure();
            if (failure instanceof RuntimeException bug) throw bug;
            if (failure instanceof Error bug) throw bug;
            if (failure == null || (exitCode.isEmpty() && !(failure instanceof Transcript.NoText))) continue;
            // Output that was lost though the command itself may have ended well.
            throw Problem.of("the output of '%s' could not be read.".formatted(command))
                    .on(node.name())
                    .found(String.valueOf(failure.getMessage()))
                    .fix("see what it prints: " + by(node))
                    .asException(failure);
        }
        if (exitCode.isEmpty()) throw broken();
        if (!out.begun() && !err.begun()) throw neverBegan(exitCode.getAsInt());
        return new CommandResult(node.name(), command, exitCode.getAsInt(), out.lines(), err.lines());
    }

    private StrixhaloException late() {
        return withLastWords(Problem.of("'%s' did not end within %s and was ended."
                                .formatted(command, Amount.time(command.timeout())))
                        .on(node.name()))
                .fix("see there what it waits for: " + by(node))
                .asException();
    }

    private StrixhaloException broken() {
        var problem = Problem.of("the connection broke while '%s' ran.".formatted(command))
                .on(node.name());
        return withLastWords(running.cutOffBy().map(problem::found).orElse(problem))
                .fix("see whether the node is up: " + by(node) + "   then run the goal again")
                .asException();
    }

    private StrixhaloException neverBegan(int exitCode) {
        var problem = Problem.of(
                        "the login there does not run commands; it ended with exit code %d.".formatted(exitCode))
                .on(node.name());
        for (var line : out.greeting()) problem = problem.found(line);
        for (var line : err.greeting()) problem = problem.found(line);
        return problem.fix("see what it says: " + by(node) + " true")
                .fix("give the user a login shell there: sudo chsh -s /bin/bash USER")
                .asException();
    }

    private Problem withLastWords(Problem problem) {
        var said = err.lines().isEmpty() ? out.lines() : err.lines();
        for (var line : said.subList(Math.max(0, said.size() - LAST_WORDS), said.size())) problem = problem.found(line);
        return problem;
    }

    private static String by(Node node) {
        if (node.local()) return "in a terminal of this machine";
        return "ssh " + (node.user() == null ? "" : node.user() + "@") + node.host();
    }

    private void read(Transcript transcript) {
        try {
            transcript.run();
        } finally {
            unread.countDown();
        }
    }

    private void feed(byte[] stdin) {
        try (OutputStream in = running.in()) {
            in.write(stdin);
            if (!command.pulse()) return;
            do {
                in.write('\n');
                in.flush();
            } while (!ended.await(RemoteCommand.PULSE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (IOException e) {
            // The command ended, or closed its input, before it read all: its exit code tells the rest.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void start(String stream, Runnable work) {
        var thread = new Thread(work, "strixhalo " + node.name() + " " + stream);
        thread.setDaemon(true);
        thread.start();
    }
}
