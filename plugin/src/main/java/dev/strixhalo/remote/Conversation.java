package dev.strixhalo.remote;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.remote.NodeConnection.Stream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A command that is asked and answers, in bytes, until it is closed or its time is over. What it says on standard error is
 * kept for messages.
 */
public final class Conversation implements AutoCloseable {
    private static final int KEPT_ERRORS = 20;
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);
    private static final int LONGEST_GREETING = 1 << 20;

    private final Node node;
    private final RemoteCommand command;
    private final RunningCommand running;
    private final InputStream out;
    private final OutputStream in;
    private final Transcript err;
    private final Runnable afterwards;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch errorsRead = new CountDownLatch(1);
    private OptionalLong process = OptionalLong.empty();

    private Conversation(Node node, RemoteCommand command, RunningCommand running, String token, Runnable afterwards)
            throws IOException {
        this.node = node;
        this.command = command;
        this.running = running;
        this.out = running.out();
        this.in = running.in();
        this.err = new Transcript(running.err(), token, KEPT_ERRORS, Stream.ERR, (stream, line) -> {});
        this.afterwards = afterwards;
    }

    /**
     * Waits until the command has taken over from the login.
     *
     * @param text       of the command
     * @param afterwards what is to be done when it is closed; also when this fails
     */
    static Conversation begin(
            Node node, RemoteCommand command, RunningCommand running, ShellText text, Runnable afterwards)
            throws IOException, StrixhaloException {
        var conversation = new Conversation(node, command, running, text.token(), afterwards);
        conversation.start("err", () -> {
            conversation.err.run();
            conversation.errorsRead.countDown();
        });
        // From here on nothing waits for ever: at the command's time-out its streams end.
        conversation.start("time", conversation::watch);
        try {
            conversation.in.write(text.stdin());
            conversation.in.flush();
            conversation.skipGreeting(text.token());
            return conversation;
        } catch (IOException e) {
            var failure = conversation.broken(e);
            conversation.close();
            throw failure;
        }
    }

    private void skipGreeting(String token) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int seen = 0; seen < LONGEST_GREETING; seen++) {
            int next = out.read();
            if (next < 0) throw new IOException("it ended before it began");
            if (next != '\n') {
                line.write(next);
                continue;
            }
            var text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            int at = text.lastIndexOf(token);
            if (at < 0) continue;
            var after = text.substring(at + token.length()).strip();
            if (!after.isEmpty()) process = OptionalLong.of(Long.parseLong(after));
            return;
        }
        throw new IOException("the login there does not come to an end of its greeting");
    }

    private void watch() {
        try {
            if (!closed.await(command.timeout().toMillis(), TimeUnit.MILLISECONDS)) running.end(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What the command reads. */
    public OutputStream in() {
        return in;
    }

    /** What the command answers; ends with it. */
    public InputStream out() {
        return out;
    }

    /** An error of one of the streams, as a failure with the command's last words. */
    public StrixhaloException broken(IOException cause) {
        try {
            // One that has ended has said why, on the other stream; what that says takes a moment to come.
            if (!errorsRead.await(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS)) running.end(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        var problem =
                Problem.of("'%s' does not answer any more.".formatted(command)).on(node.name());
        List<String> said = err.lines().isEmpty() ? err.greeting() : err.lines();
        for (var line : said) problem = problem.found(line);
        if (said.isEmpty()) problem = problem.found(String.valueOf(cause.getMessage()));
        return problem.fix("run the goal again").asException(cause);
    }

    @Override
    public void close() {
        if (closed.getCount() == 0) return;
        closed.countDown();
        boolean interrupted = Thread.interrupted();
        try {
            in.close();
        } catch (IOException e) {
            // It has ended already; ending it once more does no harm.
        } finally {
            running.end(process);
            afterwards.run();
            if (interrupted) Thread.currentThread().interrupt();
        }
    }

    private void start(String stream, Runnable work) {
        var thread = new Thread(work, "strixhalo " + node.name() + " " + stream);
        thread.setDaemon(true);
        thread.start();
    }
}
