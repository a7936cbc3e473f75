package dev.strixhalo.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.host.FabricPort;
import dev.strixhalo.host.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Runs and reads perftest: {@code ib_send_lat} and {@code ib_write_bw}. A version that writes JSON is asked for it; what
 * versions before 24.01 write is no JSON (linux-rdma/perftest#216, names and words without quotes), and then, as without
 * any, the table counts, read by its head. Software RDMA (rxe) fails at eight queue pairs for seconds and manages a number
 * of rounds.
 */
final class Perftest {
    /** perftest's own default; at 5 us it is over in a hundredth of a second. */
    private static final int LATENCY_ROUNDS = 1000;

    private static final int QUEUE_PAIRS = 8;

    /** 4 us * 2^18 is a second: a device that is emulated acknowledges later than the 67 ms that a card gets. */
    private static final String PATIENT = "18";

    /** MiB/s in a Gbit/s, by perftest's own help: 10^9 / (2^20 * 8). */
    private static final double MEBIBYTES_PER_GIGABIT = 1e9 / (1L << 20) / 8;

    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,12}(?:\\.\\d{1,12})?");

    /** What C prints where it divided by nothing; seen in the column of the standard deviation. */
    private static final Pattern NO_NUMBER = Pattern.compile("-?(nan|inf)");

    /**
     * Lines by which perftest, and libibverbs below it, tell of failure; they may come after a table, and with exit code 0
     * in versions before 23.
     */
    private static final Pattern ERROR = Pattern.compile(
            "(?i).*(couldn't|could not|can't |cannot |unable to|failed|failure"
                    + "|not found|no such|invalid |segmentation|aborted|completion with error|timed out|connection lost).*");

    /** Sentences of the kind that reads as a failure and is none. */
    private static final Pattern HARMLESS = Pattern.compile(
            "(?i).*(warning|conflicting cpu frequency|cpu frequency is not max|peak won't be measured).*");

    private final int seconds;
    private final int rounds;

    /**
     * @param seconds that a measurement of bandwidth takes
     * @param rounds  exchanges of each measurement instead; 0 leaves it at the seconds
     */
    Perftest(int seconds, int rounds) {
        this.seconds = seconds;
        this.rounds = rounds;
    }

    /**
     * The end of a measurement that waits.
     *
     * @param options of its version
     */
    List<String> latencyServer(FabricPort port, String own, Set<String> options) {
        return command("ib_send_lat", port, "@PORT@", own, options, latencyWords());
    }

    List<String> latencyClient(FabricPort port, String own, int number, String peer, Set<String> options) {
        return client("ib_send_lat", port, own, number, peer, options, latencyWords());
    }

    List<String> bandwidthServer(FabricPort port, String own, Set<String> options) {
        return command("ib_write_bw", port, "@PORT@", own, options, bandwidthWords());
    }

    List<String> bandwidthClient(FabricPort port, String own, int number, String peer, Set<String> options) {
        return client("ib_write_bw", port, own, number, peer, options, bandwidthWords());
    }

    private List<String> latencyWords() {
        return rounds > 0
                ? List.of("-n", String.valueOf(rounds), "-u", PATIENT)
                : List.of("-n", String.valueOf(LATENCY_ROUNDS));
    }

    private List<String> bandwidthWords() {
        var words = new ArrayList<>(List.of("-q", String.valueOf(QUEUE_PAIRS), "--report_gbits"));
        if (rounds > 0) words.addAll(List.of("-n", String.valueOf(rounds), "-u", PATIENT));
        // By default two seconds at each end are left out, which would leave nothing of a short run.
        else words.addAll(List.of("-D", String.valueOf(seconds), "-f", "1"));
        return List.copyOf(words);
    }

    private static List<String> client(
            String program,
            FabricPort port,
            String own,
            int number,
            String peer,
            Set<String> options,
            List<String> words) {
        var argv = new ArrayList<>(command(program, port, String.valueOf(number), own, options, words));
        if (options.contains("out_json_file")) argv.addAll(List.of("--out_json", "--out_json_file=@FILE@"));
        argv.add(peer);
        return List.copyOf(argv);
    }

    private static List<String> command(
            String program, FabricPort port, String number, String own, Set<String> options, List<String> words) {
        var argv = new ArrayList<>(List.of(program, "-d", port.device(), "-i", String.valueOf(port.port())));
        port.gidIndex().ifPresent(index -> argv.addAll(List.of("-x", String.valueOf(index))));
        argv.addAll(List.of("-F", "-p", number));
        // Renamed between versions; an older one listens on all addresses.
        if (options.contains("bind_source_ip")) argv.add("--bind_source_ip=" + own);
        else if (options.contains("source_ip")) argv.add("--source_ip=" + own);
        argv.addAll(words);
        return argv;
    }

    /** Microseconds one way, on average: perftest halves the round trip. */
    static Reading<Double> latencyMicros(ToolOutput output) {
        return read(output, "t_avg", "t_avg");
    }

    /** Gbit/s on average. */
    static Reading<Double> gigabits(ToolOutput output) {
        return read(output, "bw average", "BW_average");
    }

    private static Reading<Double> read(ToolOutput output, String column, String key) {
        return output.ifSucceeded(any -> {
            for (var line : output.out()) {
                if (failure(line)) return Reading.absent(line.strip() + output.serverWords());
            }
            for (var line : output.err()) {
                if (failure(line)) return Reading.absent(line.strip() + output.serverWords());
            }
            var written = json(output.file(), key);
            var value = written.isPresent() ? written : table(output.out(), column);
            // Then it divides by nothing: its figures are inf, or 0.00.
            if (output.uncalibrated() && value.orElse(0) <= 0) {
                return Reading.absent("perftest cannot make out how fast the processor counts: the machine is too busy,"
                        + " or its clock is emulated");
            }
            if (value.isEmpty()) return Reading.absent("perftest printed no line of figures" + output.lastWords());
            // A clock that steps backwards has given negative averages (linux-rdma/perftest#82).
            return value.getAsDouble() > 0
                    ? Reading.of(value.getAsDouble())
                    : Reading.absent("perftest measured %s, which cannot be".formatted(value.getAsDouble()));
        });
    }

    private static boolean failure(String line) {
        return ERROR.matcher(line).matches() && !HARMLESS.matcher(line).matches();
    }

    /** From the file; with {@code --report_gbits}, which we always say, its bandwidths are Gbit/s. */
    private static OptionalDouble json(List<String> file, String key) {
        try {
            var results = RecordFile.json().readTree(String.join("\n", file)).path("results");
            var value = results.path(key);
            return value.isNumber() ? OptionalDouble.of(value.asDouble()) : OptionalDouble.empty();
        } catch (JsonProcessingException e) {
            // The file of an older version; its table says the same.
            return OptionalDouble.empty();
        }
    }

    /** The last row below the last head that has this column. */
    private static OptionalDouble table(List<String> lines, String column) {
        Optional<Head> head = Optional.empty();
        var found = OptionalDouble.empty();
        for (var line : lines) {
            if (line.strip().startsWith("#bytes")) {
                head = Head.parse(line, column);
                found = OptionalDouble.empty();
            } else if (head.isPresent()) {
                var value = head.get().value(line);
                if (value.isPresent()) found = value;
            }
        }
        return found;
    }

    /**
     * The head of a table.
     *
     * @param index   of the wanted column
     * @param columns in all
     * @param factor  that makes the wanted unit of its values
     */
    private record Head(int index, int columns, double factor) {
        /** {@code BW average[Gb/sec]}, {@code 99% percentile[usec]}, {@code #iterations}: a unit, or the next #, ends a name. */
        private static final Pattern NAME = Pattern.compile("#\\w+|[^\\[\\]#]+\\[[^\\]]*\\]");

        static Optional<Head> parse(String line, String column) {
            var match = NAME.matcher(line.strip());
            int count = 0;
            int index = -1;
            double factor = 1;
            while (match.find()) {
                var name = match.group().strip().toLowerCase(Locale.ROOT);
                if (name.replace('_', ' ').startsWith(column.replace('_', ' '))) {
                    index = count;
                    if (name.contains("[mb/sec]") || name.contains("[mib/sec]")) factor = 1 / MEBIBYTES_PER_GIGABIT;
                }
                count++;
            }
            return index < 0 ? Optional.empty() : Optional.of(new Head(index, count, factor));
        }

        /** The value in a row of figures; nothing when the line is no such row. */
        OptionalDouble value(String line) {
            var words = line.strip().split("\\s+");
            // Newer versions may add columns at the end; a row with fewer is cut off, or two of its values ran
            // together.
            if (words.length < columns) return OptionalDouble.empty();
            for (int i = 0; i < columns; i++) {
                boolean number = NUMBER.matcher(words[i]).matches();
                if (!number && (i == index || !NO_NUMBER.matcher(words[i]).matches())) return OptionalDouble.empty();
            }
            return OptionalDouble.of(Double.parseDouble(words[index]) * factor);
        }
    }
}
