package dev.strixhalo.remote;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A command for a node, as a value: what to run, with what environment, what it reads, how long it may take. At its time-out,
 * or when the connection breaks, it is ended on the node too: its process group gets TERM and, five seconds later, KILL.
 * What shall live longer leaves that group, as {@code podman run --detach} does.
 *
 * @param title       how messages call it
 * @param argv        program and arguments; any text, none of it is looked at by a shell there
 * @param environment variables set for it; never a secret, since others on the node can read them
 * @param stdin       what it reads; the only way for secrets and scripts
 * @param pulse       whether, after its input, it gets an empty line every {@link #PULSE} for as long as we wait for it; for
 *     programs behind {@code podman exec}, which neither ends them nor closes their streams when its caller is gone
 * @param timeout     after which the command is ended and the run fails
 */
public record RemoteCommand(
        String title,
        List<String> argv,
        Map<String, String> environment,
        byte[] stdin,
        boolean pulse,
        Duration timeout) {
    static final Duration PULSE = Duration.ofSeconds(2);

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=,@%+-]+");
    private static final int LONGEST_TITLE = 160;

    public RemoteCommand {
        argv = List.copyOf(argv);
        // sh's exec and env would take these for an option or a variable.
        if (argv.isEmpty()
                || argv.get(0).isEmpty()
                || argv.get(0).startsWith("-")
                || argv.get(0).contains("=")) {
            throw new IllegalArgumentException("no program: " + argv);
        }
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        for (var name : environment.keySet()) {
            if (!VARIABLE.matcher(name).matches()) throw new IllegalArgumentException("variable " + name);
        }
        if (argv.stream().anyMatch(RemoteCommand::holdsZero)
                || environment.values().stream().anyMatch(RemoteCommand::holdsZero)) {
            throw new IllegalArgumentException("a zero byte, at which execve(2) ends an argument");
        }
        if (timeout.isNegative() || timeout.isZero()) throw new IllegalArgumentException("time-out " + timeout);
    }

    /** A command with a minute of time and nothing to read. */
    public static RemoteCommand of(String... argv) {
        return of(List.of(argv));
    }

    public static RemoteCommand of(List<String> argv) {
        return new RemoteCommand(title(argv), argv, Map.of(), new byte[0], false, Duration.ofMinutes(1));
    }

    /** A POSIX script, sent on standard input to {@code sh}, with its positional parameters. */
    public static RemoteCommand script(String text, String... parameters) {
        var argv = new ArrayList<>(List.of("sh", "-s", "--"));
        argv.addAll(List.of(parameters));
        return of(argv).stdin(text);
    }

    /** The same command, called thus in messages; for scripts, whose argv says nothing. */
    public RemoteCommand called(String newTitle) {
        return new RemoteCommand(newTitle, argv, environment, stdin, pulse, timeout);
    }

    public RemoteCommand env(String name, String value) {
        var all = new LinkedHashMap<>(environment);
        all.put(name, value);
        return new RemoteCommand(title, argv, all, stdin, pulse, timeout);
    }

    public RemoteCommand stdin(String text) {
        return stdin(text.getBytes(StandardCharsets.UTF_8));
    }

    public RemoteCommand stdin(byte[] bytes) {
        return new RemoteCommand(title, argv, environment, bytes.clone(), pulse, timeout);
    }

    public RemoteCommand timeout(Duration newTimeout) {
        return new RemoteCommand(title, argv, environment, stdin, pulse, newTimeout);
    }

    /** The same command, that hears from us for as long as we wait for it. */
    public RemoteCommand pulsed() {
        return new RemoteCommand(title, argv, environment, stdin, true, timeout);
    }

    private static boolean holdsZero(String text) {
        return text.indexOf('\0') >= 0;
    }

    /** The words, so that they can be told apart. */
    private static String title(List<String> argv) {
        var title = argv.stream()
                .map(word -> PLAIN.matcher(word).matches() ? word : "\"" + word.replaceAll("\\p{Cntrl}", "?") + "\"")
                .collect(Collectors.joining(" "));
        return title.length() <= LONGEST_TITLE ? title : title.substring(0, LONGEST_TITLE) + "…";
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RemoteCommand command
                && title.equals(command.title)
                && argv.equals(command.argv)
                && environment.equals(command.environment)
                && Arrays.equals(stdin, command.stdin)
                && pulse == command.pulse
                && timeout.equals(command.timeout);
    }

    @Override
    public int hashCode() {
        return argv.hashCode();
    }

    /** What it runs, for a message; standard input, which may hold secrets, is left out. */
    @Override
    public String toString() {
        return title;
    }
}
