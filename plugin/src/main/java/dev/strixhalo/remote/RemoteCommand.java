package dev.strixhalo.remote;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A command for a node, as a value: what to run, with what environment, what it reads, how long it may take.
 *
 * @param argv        program and arguments; any text, none of it is looked at by a shell there
 * @param environment variables set for it; never a secret, since others on the node can read them
 * @param stdin       what it reads; the only way for secrets and scripts
 * @param timeout     after which the command is ended and the run fails
 */
public record RemoteCommand(List<String> argv, Map<String, String> environment, byte[] stdin, Duration timeout) {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    public RemoteCommand {
        argv = List.copyOf(argv);
        if (argv.isEmpty()) throw new IllegalArgumentException("a command without a program");
        environment = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        for (var name : environment.keySet()) {
            if (!VARIABLE.matcher(name).matches()) throw new IllegalArgumentException("variable " + name);
        }
        if (timeout.isNegative() || timeout.isZero()) throw new IllegalArgumentException("time-out " + timeout);
    }

    /** A command with a minute of time and nothing to read. */
    public static RemoteCommand of(String... argv) {
        return of(List.of(argv));
    }

    public static RemoteCommand of(List<String> argv) {
        return new RemoteCommand(argv, Map.of(), new byte[0], Duration.ofMinutes(1));
    }

    /** A POSIX script, sent on standard input to {@code sh}, with its positional parameters. */
    public static RemoteCommand script(String text, String... parameters) {
        var argv = new ArrayList<>(List.of("sh", "-s", "--"));
        argv.addAll(List.of(parameters));
        return of(argv).stdin(text);
    }

    public RemoteCommand env(String name, String value) {
        var all = new LinkedHashMap<>(environment);
        all.put(name, value);
        return new RemoteCommand(argv, all, stdin, timeout);
    }

    public RemoteCommand stdin(String text) {
        return new RemoteCommand(argv, environment, text.getBytes(StandardCharsets.UTF_8), timeout);
    }

    public RemoteCommand timeout(Duration newTimeout) {
        return new RemoteCommand(argv, environment, stdin, newTimeout);
    }

    /** What it runs, for a message; standard input, which may hold secrets, is left out. */
    @Override
    public String toString() {
        return String.join(" ", argv);
    }
}
