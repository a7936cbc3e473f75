package dev.strixhalo.verify;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.host.Reading;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.Conversation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Runs the programs of one measurement: one that is alone, or a server on one node and its client on the other. Both are
 * ended by the end of it, whatever happens.
 */
final class Measurement {
    /** What a program may take beside the seconds that it measures: to connect, to give up, to print. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** How far a clock may wander in a measurement without having been set. */
    private static final long TOLERATED_SECONDS = 1;

    /** perftest counts the processor's speed for a fifth of a second; on a busy machine that fails several times in a row. */
    private static final int ATTEMPTS = 6;

    private static final int LOWEST_PORT = 20_000;
    private static final int PORTS = 10_000;
    private static final Pattern END = Pattern.compile("@@end (\\d{1,9}) (-?\\d{1,18})");

    private final String cluster;
    private final RandomGenerator random;

    Measurement(String cluster, RandomGenerator random) {
        this.cluster = cluster;
        this.random = random;
    }

    /** What is done once, and again when something came between. */
    interface Attempt {
        ToolOutput run() throws StrixhaloException;
    }

    /** What an attempt measured; a time that was taken by a clock that was set meanwhile is none. */
    static <T> Reading<T> read(Place client, Attempt attempt, Function<ToolOutput, Reading<T>> reader)
            throws StrixhaloException {
        Reading<T> reading = Reading.absent("not tried");
        for (int tries = 0; tries < ATTEMPTS; tries++) {
            var output = attempt.run();
            if (Math.abs(output.clockJump()) > TOLERATED_SECONDS) {
                reading = Reading.absent("the clock of %s was set by %d s during the measurement, each of %d times"
                        .formatted(client.node(), output.clockJump(), ATTEMPTS));
                continue;
            }
            reading = reader.apply(output);
            if (reading.value() != null || !output.uncalibrated()) return reading;
        }
        return reading;
    }

    /** Runs a program that needs no server. */
    ToolOutput alone(Place place, List<String> argv, int seconds) throws StrixhaloException {
        var time = PATIENCE.plusSeconds(seconds);
        var parameters = new ArrayList<>(List.of(String.valueOf(time.toSeconds())));
        parameters.addAll(argv);
        return parse(place.connection().run(place.script(Script.CLIENT, parameters, time, argv.get(0))));
    }

    /**
     * Runs a client against its server.
     *
     * @param clientArgv of the client, by the port that the server took
     */
    ToolOutput against(
            Place server, List<String> serverArgv, Place client, IntFunction<List<String>> clientArgv, int seconds)
            throws StrixhaloException {
        var time = PATIENCE.multipliedBy(2).plusSeconds(seconds);
        var parameters = new ArrayList<>(List.of(
                cluster, String.valueOf(time.toSeconds()), String.valueOf(LOWEST_PORT + random.nextInt(PORTS))));
        parameters.addAll(serverArgv);
        var command = server.script(Script.SERVER, parameters, time, "the server of " + serverArgv.get(0));
        try (var conversation = server.connection().talk(command)) {
            var reader = new BufferedReader(new InputStreamReader(conversation.out(), StandardCharsets.UTF_8));
            var said = new ArrayList<String>();
            var port = port(reader, said);
            if (port.isEmpty()) {
                return new ToolOutput(
                        1,
                        List.of(),
                        List.of("the server on %s did not start".formatted(server.node())),
                        List.of(),
                        0,
                        said);
            }
            var output = alone(client, clientArgv.apply(port.getAsInt()), seconds);
            end(conversation);
            rest(reader, said);
            return output.with(said);
        } catch (IOException e) {
            throw Problem.of("what the server of a measurement says cannot be read.")
                    .on(server.node())
                    .found(e)
                    .fix("run the goal again")
                    .asException(e);
        }
    }

    private static OptionalInt port(BufferedReader reader, List<String> said) throws IOException {
        for (var line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.matches("@@port \\d{1,5}"))
                return OptionalInt.of(Integer.parseInt(line.substring("@@port ".length())));
            keep(line, said);
        }
        return OptionalInt.empty();
    }

    private static void end(Conversation conversation) {
        try {
            conversation.in().write("end\n".getBytes(StandardCharsets.UTF_8));
            conversation.in().flush();
        } catch (IOException e) {
            // One that serves once and has served is gone already.
        }
    }

    private static void rest(BufferedReader reader, List<String> said) throws IOException {
        for (var line = reader.readLine(); line != null; line = reader.readLine()) keep(line, said);
    }

    private static void keep(String line, List<String> said) {
        // Ended by us, which is no news: iperf3's word for TERM.
        if (!line.startsWith("@@") && !line.contains("the server has terminated")) said.add(line);
    }

    static ToolOutput parse(CommandResult result) {
        var out = new ArrayList<String>();
        var file = new ArrayList<String>();
        boolean inFile = false;
        for (var line : result.out()) {
            var end = END.matcher(line);
            if (end.matches()) {
                return new ToolOutput(
                        Integer.parseInt(end.group(1)),
                        out,
                        result.err(),
                        file,
                        Long.parseLong(end.group(2)),
                        List.of());
            }
            if (line.equals("@@file")) inFile = true;
            else (inFile ? file : out).add(line);
        }
        // It never came to its last line: the container is gone, or there is no sh in it.
        return new ToolOutput(Math.max(1, result.exitCode()), out, result.err(), file, 0, List.of());
    }
}
