package dev.strixhalo.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.FabricAddress;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.host.Reading;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers and clients as real processes of this machine: in order, and in every way that they misbehave. */
@Timeout(120)
class MeasurementTest {
    @TempDir
    Path folder;

    private Nodes nodes;
    private Place place;

    /** Ports from 20000 up, as the first that are tried. */
    private static final class From extends Random {
        @Override
        public int nextInt(int bound) {
            return 0;
        }
    }

    private final Measurement measurement = new Measurement("test", new From());

    @BeforeEach
    void connect() throws Exception {
        var node = new Node("node1", "local", null, FabricAddress.LOOPBACK, null);
        var environment = Map.of(
                "PATH", folder.resolve("bin") + ":" + System.getenv("PATH"),
                "HOME", folder.toString(),
                "XDG_RUNTIME_DIR", folder.toString());
        nodes = Nodes.connect(
                new Cluster("test", Link.TCP, List.of(node)),
                RemoteSettings.of(folder, System.getProperty("user.name"), environment));
        place = new Place(nodes.head(), null, Tools.NONE);
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    @Test
    void iperf3MeasuresAndItsServerLeavesNothing() throws Exception {
        assumeTrue(Program.of("sh", "-c", "command -v iperf3").run().succeeded(), "iperf3 is not installed");

        var output = measurement.against(
                place,
                Iperf3.server("127.0.0.1"),
                place,
                port -> Iperf3.client("127.0.0.1", "127.0.0.1", port, 2, 1),
                1);

        assertThat(Iperf3.gigabits(output).value()).as(output.toString()).isGreaterThan(0.1);
        assertThat(String.join("\n", output.server())).contains("Accepted connection");
        assertThat(records()).isEmpty();
    }

    @Test
    void aPortThatIsTakenIsPassedOver() throws Exception {
        try (var taken = new ServerSocket(20_000, 1, InetAddress.getLoopbackAddress())) {
            assertThat(taken.isBound()).isTrue();
            var ports = new ArrayList<Integer>();

            measurement.against(
                    place,
                    python("import time; time.sleep(60)"),
                    place,
                    port -> {
                        ports.add(port);
                        return List.of("true");
                    },
                    1);

            assertThat(ports).singleElement().satisfies(port -> assertThat(port).isGreaterThan(20_000));
        }
        assertThat(records()).isEmpty();
    }

    @Test
    void aServerThatDoesNotStartSaysWhy() throws Exception {
        program("no-device", "echo 'IB device irdma7 not found' >&2; exit 1");
        long began = System.nanoTime();

        var output = measurement.against(place, List.of("no-device", "@PORT@"), place, port -> List.of("true"), 1);

        assertThat(Perftest.gigabits(output).reason())
                .isEqualTo(
                        "it ended with exit code 1: the server on node1 did not start; the server said: IB device irdma7 not found");
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void aClientThatHangsIsEndedAndTold() throws Exception {
        program("hangs", "echo half a table; exec sleep 300");
        var time = place.script(Script.CLIENT, List.of("1", "hangs"), Duration.ofSeconds(5), "hangs");

        var output = Measurement.parse(place.connection().run(time));

        assertThat(Ping.read(output).reason()).isEqualTo("it did not come to an end in its time: half a table");
    }

    @Test
    void aProgramThatIsAbsentOrPrintsGarbageIsTold() throws Exception {
        assertThat(Ping.read(measurement.alone(place, List.of("no-such-ping"), 1))
                        .reason())
                .startsWith("it is not installed");
        program("garbage", "head -c 3000 /dev/zero | tr '\\0' '\\377'; printf '\\033[31m@@end 7 x\\n'");

        assertThat(Iperf3.gigabits(measurement.alone(place, List.of("garbage"), 1))
                        .reason())
                .startsWith("iperf3 printed no JSON");
    }

    @Test
    void toolsSpeakTheLanguageThatWeRead() throws Exception {
        program("speaks", "echo \"$LC_ALL\"");

        assertThat(measurement.alone(place, List.of("speaks"), 1).out()).contains("C");
    }

    @Test
    void theFileThatAToolWritesIsReadAndRemoved() throws Exception {
        program("writes", "printf '{\"results\": {\"BW_average\": 50.5}}' >\"$1\"; echo \"$1\"");

        var output = measurement.alone(place, List.of("writes", "@FILE@"), 1);

        assertThat(Perftest.gigabits(output).value()).isEqualTo(50.5);
        assertThat(Path.of(output.out().get(0))).doesNotExist();
    }

    @Test
    void aClockThatIsSetMeanwhileMakesItMeasureAgain() throws Exception {
        var outputs = new ArrayList<>(List.of(jump(3600), jump(0)));
        assertThat(Measurement.read(place, () -> outputs.remove(0), any -> Reading.of(1.0))
                        .value())
                .isEqualTo(1.0);
        assertThat(Measurement.read(place, () -> jump(-5), any -> Reading.of(1.0))
                        .reason())
                .isEqualTo("the clock of node1 was set by -5 s during the measurement, each of 6 times");
    }

    /** The real script, on a machine whose clock is set an hour on while the program runs; the time since boot is not. */
    @Test
    void theScriptSeesAClockThatIsSetMeanwhile() throws Exception {
        program("date", """
                set=$0.set
                [ ! -e "$set" ] && : >"$set" && exec /usr/bin/env -i /bin/date "$@"
                echo $(($(/bin/date +%s) + 3600))""");

        var output = measurement.alone(place, List.of("true"), 1);

        assertThat(output.clockJump()).isBetween(3599L, 3601L);
        assertThat(output.exitCode()).isZero();
    }

    private static ToolOutput jump(long seconds) {
        return new ToolOutput(0, List.of(), List.of(), List.of(), seconds, List.of());
    }

    @Test
    void whatABrokenRunLeftIsEndedAndWhatHasItsNumberOnlyIsNot() throws Exception {
        var left = new ProcessBuilder("sleep", "300").start();
        var other = new ProcessBuilder("sleep", "300").start();
        try {
            var records = Files.createDirectories(folder.resolve("strixhalo"));
            record(records.resolve("verify-test-20001.pid"), left.pid() + " " + startTime(left.pid()));
            record(records.resolve("verify-test-20002.pid"), other.pid() + " 12");
            record(records.resolve("verify-test-20003.pid"), "garbage");
            record(records.resolve("verify-other-20004.pid"), other.pid() + " " + startTime(other.pid()));

            var tools = Place.look(nodes.head(), null, "test").tools();

            assertThat(tools.ended()).containsExactly(left.pid() + " sleep 300");
            assertThat(left.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(other.isAlive()).isTrue();
            assertThat(records()).containsExactly("verify-other-20004.pid");
        } finally {
            left.destroyForcibly();
            other.destroyForcibly();
        }
    }

    @Test
    void aServerIsEndedWhenWeAreGone() throws Exception {
        var parameters = new ArrayList<>(List.of("test", "60", "20000"));
        parameters.addAll(python("import time; time.sleep(60)"));
        var command = place.script(Script.SERVER, parameters, Duration.ofSeconds(60), "server");
        try (var conversation = place.connection().talk(command)) {
            while (records().isEmpty()) Thread.sleep(50);
            assertThat(conversation.out().read()).isEqualTo('@');
        }

        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!records().isEmpty() && System.nanoTime() < deadline) Thread.sleep(50);
        assertThat(records()).isEmpty();
    }

    /** A server that listens on the port and does this. */
    private static List<String> python(String then) {
        return List.of(
                "/usr/bin/python3",
                "-c",
                "import socket, sys; s = socket.socket(); s.bind(('127.0.0.1', int(sys.argv[1]))); s.listen(); " + then,
                "@PORT@");
    }

    private void program(String name, String text) throws IOException {
        var file = Files.createDirectories(folder.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private static void record(Path file, String text) throws IOException {
        Files.writeString(file, text + "\n", StandardCharsets.UTF_8);
    }

    private static String startTime(long pid) throws IOException {
        var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[19];
    }

    private List<String> records() throws IOException {
        var records = folder.resolve("strixhalo");
        if (!Files.isDirectory(records)) return List.of();
        try (var list = Files.list(records)) {
            return list.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
