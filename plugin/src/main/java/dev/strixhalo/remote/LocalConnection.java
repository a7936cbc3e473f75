package dev.strixhalo.remote;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * This machine as a node, without SSH. Commands run by the same script as on the others, in a session of their own (setsid),
 * so that they end with this process as they end elsewhere with the connection.
 */
final class LocalConnection implements NodeConnection {
    /** The watch of run.sh gives a group five seconds. */
    private static final Duration GRACE = Duration.ofSeconds(6);

    private final Node node;
    private final Map<String, String> environment;
    private final RandomGenerator random;
    private final Set<Process> processes = ConcurrentHashMap.newKeySet();

    LocalConnection(Node node, RemoteSettings settings) {
        this.node = node;
        this.environment = settings.environment();
        this.random = settings.random();
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
        var text = ShellText.of(command, random);
        try {
            var process = start();
            try {
                return new Execution(node, command, new Local(process), text.token(), keep, sink).await(text.stdin());
            } finally {
                processes.remove(process);
            }
        } catch (IOException e) {
            throw unstarted(command, e);
        }
    }

    @Override
    public Conversation talk(RemoteCommand command) throws StrixhaloException {
        try {
            var process = start();
            var text = ShellText.of(command, random);
            return Conversation.begin(node, command, new Local(process), text, () -> processes.remove(process));
        } catch (IOException e) {
            throw unstarted(command, e);
        }
    }

    private Process start() throws IOException {
        var builder = new ProcessBuilder("setsid", "/bin/sh", "-c", ShellText.LINE);
        builder.environment().clear();
        builder.environment().putAll(environment);
        var process = builder.start();
        processes.add(process);
        return process;
    }

    private StrixhaloException unstarted(RemoteCommand command, IOException e) {
        return Problem.of("'%s' cannot be started on this machine.".formatted(command))
                .on(node.name())
                .found(String.valueOf(e.getMessage()))
                .fix("setsid (util-linux) and /bin/sh must be there")
                .asException(e);
    }

    /** The same port: what listens on this machine's loopback is there already. */
    @Override
    public RemoteForward forwardHere(int localPort) {
        return new RemoteForward() {
            @Override
            public int port() {
                return localPort;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {
        processes.forEach(process -> Program.endTree(process.toHandle()));
    }

    private record Local(Process process) implements RunningCommand {
        @Override
        public InputStream out() {
            return process.getInputStream();
        }

        @Override
        public InputStream err() {
            return process.getErrorStream();
        }

        @Override
        public OutputStream in() {
            return process.getOutputStream();
        }

        @Override
        public boolean over() {
            return !process.isAlive();
        }

        @Override
        public OptionalInt exitCode() {
            return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
        }

        @Override
        public void end(OptionalLong leader) {
            if (!process.isAlive()) return;
            try {
                if (leader.isPresent()) {
                    new ProcessBuilder("/bin/sh", "-c", ShellText.killLine(leader.getAsLong()))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
                    if (process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) return;
                }
            } catch (IOException | InterruptedException e) {
                // Then the other way.
            }
            Program.endTree(process.toHandle());
        }
    }
}
