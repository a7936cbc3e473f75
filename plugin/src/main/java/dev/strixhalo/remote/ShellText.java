package dev.strixhalo.remote;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The one place that turns a {@link RemoteCommand} into text for a shell.
 *
 * <p>What sshd hands to the login shell, which may be fish or tcsh, is always the same line of characters that all shells
 * read alike: it starts {@code /bin/sh}, and that reads everything else from standard input: a script of ours
 * ({@code run.sh}), the words of the command, then what the command itself shall read. So no foreign shell ever sees an
 * argument, and a command may be longer than the 128 KiB that Linux grants a single argument (MAX_ARG_STRLEN, execve(2)).
 *
 * @param token what the script prints on both streams right before the command takes over, on standard output with the
 *              process that will be the command's; what comes before it was printed by the login's start-up files
 * @param stdin all that is sent on standard input
 */
record ShellText(String token, byte[] stdin) {
    /**
     * What the login shell runs. No quote, backslash, '!' or line break inside the quotes: fish reads backslashes there,
     * tcsh replaces '!' even there.
     */
    static final String LINE = "exec /bin/sh -c 'IFS= read -r _sx_script && eval \"$_sx_script\"'";

    /** After this the node ends the command by itself; later than we do, for the case that we cannot. */
    private static final Duration MERCY = Duration.ofSeconds(2);

    /**
     * The longest piece of a word on one line. A shell without a printf of its own, as mksh in Debian, hands each piece to
     * a program, and so under MAX_ARG_STRLEN too.
     */
    private static final int PIECE = 16_000;

    private static final String SCRIPT = script();

    static ShellText of(RemoteCommand command, RandomGenerator random) {
        var token = "strixhalo-%016x".formatted(random.nextLong());
        var words = words(command);
        var text = new ByteArrayOutputStream();
        var seconds = command.timeout().plus(MERCY).toSeconds();
        for (var line : List.of(SCRIPT, "\\", token, Long.toString(seconds), Integer.toString(words.size()))) {
            line(text, line);
        }
        words.forEach(word -> pieces(text, word));
        text.writeBytes(command.stdin());
        return new ShellText(token, text.toByteArray());
    }

    /** What the login shell runs to end a command, of which this is the process that leads its group. */
    static String killLine(long pid) {
        return "exec /bin/sh -c 'kill -s TERM -- -%d'".formatted(pid);
    }

    private static List<String> words(RemoteCommand command) {
        if (command.environment().isEmpty()) return command.argv();
        // env, not export: a variable may be one that sh itself holds read-only (UID in bash).
        var words = new ArrayList<String>();
        words.add("env");
        command.environment().forEach((name, value) -> words.add(name + "=" + value));
        words.addAll(command.argv());
        return words;
    }

    private static void line(ByteArrayOutputStream text, String line) {
        text.writeBytes(line.getBytes(StandardCharsets.US_ASCII));
        text.write('\n');
    }

    /** Lines of a word: '+' before all pieces but the last, '.' before that. No piece ends inside a character. */
    private static void pieces(ByteArrayOutputStream text, String word) {
        var piece = new StringBuilder();
        for (int i = 0, next; i < word.length(); i = next) {
            next = word.offsetByCodePoints(i, 1);
            var encoded = encode(word.substring(i, next));
            if (piece.length() + encoded.length() > PIECE) {
                line(text, "+" + piece);
                piece.setLength(0);
            }
            piece.append(encoded);
        }
        line(text, "." + piece);
    }

    /** Printable ASCII as it is, every other byte as {@code %0ooo}; run.sh says why. */
    static String encode(String word) {
        var encoded = new StringBuilder(word.length() + 16);
        for (byte b : word.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b <= '~' && b != '%' && b != '\\') encoded.append((char) b);
            else encoded.append("%%0%03o".formatted(b & 0xff));
        }
        return encoded.toString();
    }

    private static String script() {
        try (InputStream in = ShellText.class.getResourceAsStream("run.sh")) {
            if (in == null) throw new IllegalStateException("run.sh is not in this jar");
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.startsWith("#"))
                    .collect(Collectors.joining(" "));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
