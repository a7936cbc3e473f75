package dev.strixhalo.remote;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One SSH session to a node; each command has a channel of its own. */
final class SshConnection implements NodeConnection {
    /**
     * For a command's channel. At a user's first login sshd waits for systemd to start the user's manager, and before that for
     * the old one to stop, which has 90 s by default (DefaultTimeoutStopSec in systemd-system.conf(5)).
     */
    private static final Duration OPENING = Duration.ofMinutes(2);

    /** sshd's default for MaxSessions: it refuses an eleventh channel. */
    private static final int CHANNELS = 10;

    private static final int DEEPEST_JUMP = 8;

    private final Node node;
    private final SshTarget target;
    private final RandomGenerator random;
    /** The node's own session first, then those of the hosts on the way to it. */
    private final Deque<Session> sessions;

    private final Semaphore channels = new Semaphore(CHANNELS, true);

    private SshConnection(Node node, SshTarget target, RandomGenerator random, Deque<Session> sessions) {
        this.node = node;
        this.target = target;
        this.random = random;
        this.sessions = sessions;
    }

    /** @throws StrixhaloException with the step that failed: configuration, name, connection, host key or login */
    static SshConnection open(Node node, RemoteSettings settings) throws StrixhaloException {
        var config = new SshConfig(settings);
        var sessions = new ArrayDeque<Session>();
        try {
            var target = config.resolve(node.host(), node.user(), null);
            login(target, config, settings, sessions, 0);
            return new SshConnection(node, target, settings.random(), sessions);
        } catch (StrixhaloException e) {
            sessions.forEach(Session::disconnect);
            throw e.on(node.name());
        }
    }

    private static void login(
            SshTarget target, SshConfig config, RemoteSettings settings, Deque<Session> sessions, int depth)
            throws StrixhaloException {
        if (depth == DEEPEST_JUMP) {
            throw Problem.of("ProxyJump leads through more than %d hosts; does it run in a circle?"
                            .formatted(DEEPEST_JUMP))
                    .fix("ssh -v %s   shows the way".formatted(target.alias()))
                    .asException();
        }
        @Nullable Session through = null;
        for (var jump : target.jumps()) {
            var next = config.resolve(jump.host(), jump.user(), jump.port());
            // As ssh does: only the nearest host goes its own configured way, the others go through the one before.
            if (through == null) login(next, config, settings, sessions, depth + 1);
            else sessions.push(new SshLogin(next, settings, through).open());
            through = sessions.peek();
        }
        sessions.push(new SshLogin(target, settings, through).open());
    }

    @Override
    public Node node() {
        return node;
    }

    @Override
    public CommandResult run(RemoteCommand command) throws StrixhaloException {
        return run(command, Integer.MAX_VALUE, (stream, line) -> {});
    }

    @Override
    public CommandResult run(RemoteCommand command, LineSink sink) throws StrixhaloException {
        return run(command, KEPT_LINES, sink);
    }

    private CommandResult run(RemoteCommand command, int keep, LineSink sink) throws StrixhaloException {
        acquire(command);
        try {
            var text = ShellText.of(command, random);
            var running = start(command);
            return new Execution(node, command, running, text.token(), keep, sink).await(text.stdin());
        } catch (JSchException | IOException e) {
            throw lost(command, e);
        } finally {
            channels.release();
        }
    }

    @Override
    public Conversation talk(RemoteCommand command) throws StrixhaloException {
        acquire(command);
        SshCommand running;
        try {
            running = start(command);
        } catch (JSchException | IOException e) {
            channels.release();
            throw lost(command, e);
        } catch (StrixhaloException e) {
            channels.release();
            throw e;
        }
        try {
            return Conversation.begin(node, command, running, ShellText.of(command, random), channels::release);
        } catch (IOException e) {
            channels.release();
            throw lost(command, e);
        }
    }

    /** sshd counts a command that we have let go of until its last process has ended; so one refusal is not the last word. */
    private SshCommand start(RemoteCommand command) throws StrixhaloException, JSchException, IOException {
        long deadline = System.nanoTime() + target.connectTimeout().toNanos();
        while (true) {
            var channel = (ChannelExec) session().openChannel("exec");
            channel.setCommand(ShellText.LINE.getBytes(StandardCharsets.US_ASCII));
            var running = new SshCommand(session(), channel);
            try {
                channel.connect((int) OPENING.toMillis());
                return running;
            } catch (JSchException e) {
                running.end(OptionalLong.empty());
                if (System.nanoTime() - deadline > 0 || !session().isConnected()) throw e;
                pause(command);
            }
        }
    }

    private void pause(RemoteCommand command) throws StrixhaloException {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            throw interrupted(command, e);
        }
    }

    private void acquire(RemoteCommand command) throws StrixhaloException {
        try {
            if (channels.tryAcquire(command.timeout().toMillis(), TimeUnit.MILLISECONDS)) return;
        } catch (InterruptedException e) {
            throw interrupted(command, e);
        }
        throw Problem.of("'%s' could not begin: %d other commands run there.".formatted(command, CHANNELS))
                .on(node.name())
                .fix("wait for them, or end them")
                .asException();
    }

    private StrixhaloException interrupted(RemoteCommand command, InterruptedException e) {
        Thread.currentThread().interrupt();
        return Problem.of("'%s' was interrupted before it began.".formatted(command))
                .on(node.name())
                .fix("run the goal again")
                .asException(e);
    }

    private StrixhaloException lost(RemoteCommand command, Exception failure) {
        var end = SessionEnd.of(session());
        // A session that ends takes leave of its channels before it calls itself disconnected.
        var problem = end.isEmpty() && session().isConnected()
                ? Problem.of("'%s' could not be started: sshd gave it no channel.".formatted(command))
                        .found(String.valueOf(failure.getMessage()))
                        .fix("MaxSessions 10 (the default) in /etc/ssh/sshd_config of the node, or leave the line out")
                : Problem.of("the connection was gone before '%s' began.".formatted(command))
                        .found(end.orElse(String.valueOf(failure.getMessage())))
                        .fix("see whether the node is up: ssh %s true   then run the goal again"
                                .formatted(target.alias()));
        return problem.on(node.name()).asException(failure);
    }

    @Override
    public RemoteForward forwardHere(int localPort) throws StrixhaloException {
        return SshForward.open(this, session(), localPort);
    }

    private Session session() {
        return sessions.getFirst();
    }

    @Override
    public void close() {
        sessions.forEach(Session::disconnect);
    }
}
