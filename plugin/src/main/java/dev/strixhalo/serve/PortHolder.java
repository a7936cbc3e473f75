package dev.strixhalo.serve;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who has a port that a launch needs.
 *
 * @param address that it listens on
 * @param port    its number
 * @param program name and process, {@code python3 (process 4242)}; {@code a program of another user} when the kernel does not
 *     tell us more
 */
record PortHolder(String address, int port, String program) {
    /** {@code LISTEN 0 5 127.0.0.1:8000 0.0.0.0:* users:(("python3",pid=4242,fd=3))}; the last field is for one's own only. */
    private static final Pattern LISTENS = Pattern.compile(
            "^LISTEN\\s+\\d+\\s+\\d+\\s+(\\S+):(\\d+)\\s+\\S+(?:\\s+users:\\(\\(\"([^\"]+)\",pid=(\\d+).*)?.*");

    /** The first of these ports that somebody listens on, seen from the node itself and not from its container. */
    static Optional<PortHolder> of(NodeConnection connection, List<LaunchRun.Port> ports) throws StrixhaloException {
        var result = connection.run(RemoteCommand.of("ss", "-Hltnp"));
        // Without ss the refusal itself must do.
        return result.succeeded() ? parse(result.out(), ports) : Optional.empty();
    }

    static Optional<PortHolder> parse(List<String> lines, List<LaunchRun.Port> ports) {
        for (var port : ports) {
            for (var line : lines) {
                var match = LISTENS.matcher(line);
                if (!match.matches() || Integer.parseInt(match.group(2)) != port.port()) continue;
                var program = match.group(3) == null
                        ? "a program of another user"
                        : "%s (process %s)".formatted(match.group(3), match.group(4));
                return Optional.of(new PortHolder(match.group(1), port.port(), program));
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "%s listens on %s port %d".formatted(program, address, port);
    }
}
