package dev.strixhalo.plugin;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.maven.plugin.logging.Log;

/** Progress on a person's terminal: settled lines scroll, what is under way is drawn anew below them. */
final class TerminalScreen implements Screen {
    private static final Pattern VERDICT = Pattern.compile("(.*\\s{2})(ok|warn|fail)(\\s{2}.*)?");
    private static final int PREFIX = "[INFO] ".length();
    private static final String ERASE_BELOW = "\u001b[J";

    private final Log log;
    private final PrintStream terminal;
    private final int columns;
    private final boolean colour;
    private final boolean blocks;
    private int drawn;
    private List<StepPart.View> last = List.of();

    /**
     * @param terminal where the moving lines are drawn
     * @param columns  of the terminal
     * @param blocks   whether it can show block characters
     */
    TerminalScreen(Log log, PrintStream terminal, int columns, boolean colour, boolean blocks) {
        this.log = log;
        this.terminal = terminal;
        this.columns = columns;
        this.colour = colour;
        this.blocks = blocks;
    }

    /** The screen of this process. */
    static TerminalScreen open(Log log, Surroundings surroundings) {
        var charset = Charset.forName(
                System.getProperty("stdout.encoding", System.getProperty("sun.stdout.encoding", "US-ASCII")));
        // Not System.out: with -l Maven sends that to a file, where control characters have no place.
        @SuppressWarnings("resource")
        var terminal = new PrintStream(new FileOutputStream(FileDescriptor.out), false, charset);
        return new TerminalScreen(
                log,
                terminal,
                columns(),
                surroundings.colour(),
                charset.newEncoder().canEncode("▕█▏"));
    }

    @Override
    public void settled(String line) {
        erase();
        log.info(coloured(line));
        draw(last);
    }

    @Override
    public void warning(String line) {
        erase();
        log.warn(line);
        draw(last);
    }

    @Override
    public void underWay(List<StepPart.View> parts) {
        erase();
        draw(parts);
    }

    @Override
    public Duration pace() {
        return Duration.ofMillis(250);
    }

    @Override
    public int width() {
        return Math.min(columns, 100) - PREFIX;
    }

    private void erase() {
        if (drawn > 0) terminal.print("\u001b[" + drawn + "A\r" + ERASE_BELOW);
        drawn = 0;
        terminal.flush();
    }

    private void draw(List<StepPart.View> parts) {
        last = parts;
        int names = parts.stream().mapToInt(p -> p.who().length()).max().orElse(0);
        for (var part : parts) terminal.print(text(part, names) + "\n");
        drawn = parts.size();
        terminal.flush();
    }

    private String text(StepPart.View part, int names) {
        var left = new StringBuilder(" ".repeat(PREFIX)).append(LiveProgress.column(part.topic()));
        if (names > 0) left.append(("%-" + names + "s ").formatted(part.who()));
        left.append(part.note());
        var right = part.amount().isEmpty()
                ? "%d:%02d".formatted(part.elapsed().toMinutes(), part.elapsed().toSecondsPart())
                : "%15s  %-22s".formatted(part.amount(), part.speed());
        // One column less than there are: a full line makes some terminals wrap, and the next erase miss.
        int room = Math.min(columns, 100) - 1 - right.length() - 2;
        if (left.length() > room) left.setLength(Math.max(0, room));
        int bar = Math.min(32, room - left.length() - 2);
        var middle = part.fraction() < 0 || bar < 8 ? "" : bar(part.fraction(), bar - 2);
        var pad = " ".repeat(Math.max(0, room - left.length() - middle.length()));
        var line = left + pad + middle + "  " + right;
        return line.length() < columns ? line : line.substring(0, Math.max(0, columns - 1));
    }

    private String bar(double fraction, int width) {
        int full = (int) (fraction * width);
        return blocks
                ? "▕" + "█".repeat(full) + " ".repeat(width - full) + "▏"
                : "[" + "#".repeat(full) + " ".repeat(width - full) + "]";
    }

    private String coloured(String line) {
        var match = VERDICT.matcher(line);
        if (!colour || !match.matches()) return line;
        int code = switch (match.group(2)) {
            case "ok" -> 32;
            case "warn" -> 33;
            default -> 31;
        };
        var rest = match.group(3) == null ? "" : match.group(3);
        return "%s\u001b[%dm%s\u001b[0m%s".formatted(match.group(1), code, match.group(2), rest);
    }

    private static int columns() {
        try {
            // The JDK cannot ask; stty asks the terminal itself, since our standard input may be something else.
            var answer = Program.of("sh", "-c", "stty size </dev/tty")
                    .timeout(Duration.ofSeconds(2))
                    .run();
            var parts = answer.text().strip().split(" ");
            if (answer.succeeded() && parts.length == 2) {
                int columns = Integer.parseInt(parts[1]);
                if (columns >= 40) return columns;
            }
        } catch (StrixhaloException | NumberFormatException e) {
            // No stty, or it says something strange: every terminal has 80.
        }
        return 80;
    }
}
