package dev.strixhalo.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.strixhalo.host.FabricPort;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What perftest of several versions prints; files are real output, texts here are after what its users have published. */
class PerftestTest {
    private static final String LATENCY_HEAD =
            " #bytes #iterations    t_min[usec]    t_max[usec]  t_typical[usec]    t_avg[usec]    t_stdev[usec]   99% percentile[usec]   99.9% percentile[usec] \n";
    private static final String BANDWIDTH_HEAD =
            " #bytes     #iterations    BW peak[Gb/sec]    BW average[Gb/sec]   MsgRate[Mpps]\n";

    @Test
    void latencyIsTheAverageOfTheTable() throws Exception {
        // Its column of the standard deviation holds "-nan".
        assertThat(Perftest.latencyMicros(Fixtures.run("send_lat.txt")).value()).isEqualTo(8536.87);
    }

    @Test
    void bandwidthIsTheAverageOfTheTableWhateverThePeak() throws Exception {
        assertThat(Perftest.gigabits(Fixtures.run("write_bw-8-pairs.txt")).value())
                .isEqualTo(0.17);
        // By seconds instead of rounds the peak is 0.00.
        var seconds = Fixtures.run("write_bw-seconds.txt");
        var table = new ToolOutput(0, seconds.out(), List.of(), List.of(), 0, List.of());
        assertThat(Perftest.gigabits(table).value()).isEqualTo(0.11);
    }

    @Test
    void whatOldVersionsCallJsonIsLeftForTheTable() throws Exception {
        assertThat(Perftest.gigabits(Fixtures.run("write_bw-json.txt")).value()).isEqualTo(0.075772);
    }

    @Test
    void jsonOfNewerVersionsIsRead() {
        var output = new ToolOutput(
                0,
                List.of("anything"),
                List.of(),
                List.of(
                        "{\"test_info\": {\"test\": \"RDMA_Write_BW_Test\"},",
                        "\"results\": {\"MsgSize\": 65536, \"n_iterations\": 5000, \"BW_peak\": 0.00,",
                        "\"BW_average\": 50.64, \"MsgRate\": 0.096}}"),
                0,
                List.of());

        assertThat(Perftest.gigabits(output).value()).isEqualTo(50.64);
    }

    @Test
    void aHeadWithoutARowIsNoNumberAndBothSidesAreHeard() throws Exception {
        var failed = Fixtures.run("write_bw-failed.txt").with(Fixtures.lines("write_bw-failed-server.txt"));

        assertThat(Perftest.gigabits(failed).value()).isNull();
        assertThat(Perftest.gigabits(failed).reason()).startsWith("it ended with exit code 1");
        assertThat(Perftest.gigabits(Fixtures.run("write_bw-refused.txt")).reason())
                .contains("exit code 1", "Unable to init the socket connection");
    }

    @Test
    void anErrorAfterTheTableTakesItsNumberBack() {
        var output = Fixtures.said(0, LATENCY_HEAD + """
                 2       1000          4.81           9.12         5.20                5.23             0.11            5.60                    9.12
                 Completion with error at client
                 Failed status 12: wr_id 0 syndrom 0x81
                """);

        assertThat(Perftest.latencyMicros(output).reason()).isEqualTo("Completion with error at client");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Couldn't connect to 192.168.100.2:18515",
                " Failed to modify QP 2824 to RTR",
                " Unable to init the socket connection",
                "Couldn't allocate MR",
                "IB device irdma7 not found",
                "Failed to create QP",
            })
    void itsErrorsAreReasonsThoughItEndsWell(String error) {
        assertThat(Perftest.gigabits(Fixtures.said(0, error)).reason()).isEqualTo(error.strip());
    }

    @Test
    void linesOfNoiseAndMoreColumnsDoNotMatter() {
        var noise = Fixtures.said(
                0, "libibverbs: Warning: couldn't open config directory '/etc/libibverbs.d'.\n" + LATENCY_HEAD + """
                Conflicting CPU frequency values detected: 2400.000000 != 1873.463000. CPU Frequency is not max.
                 2       1000          1.76           6.12         1.79                1.80             0.06            1.88                    6.12
                ---------------------------------------------------------------------------------------
                """);
        assertThat(Perftest.latencyMicros(noise).value()).isEqualTo(1.80);
        var more = Fixtures.said(
                0,
                " #bytes     #iterations    BW peak[Gb/sec]    BW average[Gb/sec]   MsgRate[Mpps]    CPU_Util[%]\n"
                        + " 65536      213004           0.00               50.64              0.0966           12.5\n");
        assertThat(Perftest.gigabits(more).value()).isEqualTo(50.64);
        var extra = Fixtures.said(0, BANDWIDTH_HEAD + " 65536      213004           0.00      50.64    0.0966    7\n");
        assertThat(Perftest.gigabits(extra).value()).isEqualTo(50.64);
    }

    @Test
    void aProcessorThatCannotBeTimedIsToldAndNotTakenForASlowLink() {
        // Real output of a virtual machine under load.
        var output = new ToolOutput(
                0,
                (BANDWIDTH_HEAD + " 65536      400              0.00               0.00   		   0.000000")
                        .lines()
                        .toList(),
                List.of("Correlation coefficient r^2: 0.88442 < 0.9"),
                List.of(),
                0,
                List.of());

        assertThat(Perftest.gigabits(output).reason())
                .startsWith("perftest cannot make out how fast the processor counts");
    }

    @Test
    void mebibytesAreTurnedIntoGigabits() {
        var output = Fixtures.said(
                0,
                " #bytes     #iterations    BW peak[MB/sec]    BW average[MB/sec]   MsgRate[Mpps]\n"
                        + " 65536      5000             6100.10            6036.50              0.096584\n");

        assertThat(Perftest.gigabits(output).value()).isCloseTo(50.64, within(0.01));
        var named = Fixtures.said(
                0,
                output.out().get(0).replace("MB", "MiB") + "\n" + output.out().get(1));
        assertThat(Perftest.gigabits(named).value()).isCloseTo(50.64, within(0.01));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Two values that ran together, one that is cut off, a comma, a negative average, nothing moved, no
                // number.
                " 65536      5000             50.7050.64              0.0966\n",
                " 65536      5000             50.70\n",
                " 65536      5000             50,70     50,64              0,0966\n",
                " 65536      5000             50.70     -50.64              0.0966\n",
                " 65536      5000             0.00      0.00              0.0000\n",
                " 65536      5000             0.00      nan              0.0000\n",
                "",
            })
    void whatIsNoRowIsNoNumber(String row) {
        assertThat(Perftest.gigabits(Fixtures.said(0, BANDWIDTH_HEAD + row)).value())
                .isNull();
    }

    /** The same of the other table, with the comma of a German locale in all, or only in the wanted column. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                " 2       1000          4,81           9,12         5,20              5,23             0,11            5,60           9,12\n",
                " 2       1000          4.81           9.12         5.20              5,23             0.11            5.60           9.12\n",
                " 2       1000          4.81           9.12         5.20              nan              0.11            5.60           9.12\n",
                " 2       1000          4.81           9.12         5.20              0.00             0.11            5.60           9.12\n",
                " 2       1000          4.81           9.12         5.20              5.23\n",
            })
    void aLatencyThatIsNoneIsNoNumber(String row) {
        var reading = Perftest.latencyMicros(Fixtures.said(0, LATENCY_HEAD + row));

        assertThat(reading.value()).isNull();
        assertThat(reading.reason()).startsWith("perftest ");
    }

    @Test
    void theCommandNamesDevicePortAndGidAndBindsAsItsVersionCan() {
        var perftest = new Perftest(5, 0);
        var port = new FabricPort("irdma0", 1, OptionalInt.of(3));

        assertThat(perftest.bandwidthClient(
                        port, "192.168.100.1", 20123, "192.168.100.2", Set.of("bind_source_ip", "out_json_file")))
                .containsExactly(
                        ("ib_write_bw -d irdma0 -i 1 -x 3 -F -p 20123 --bind_source_ip=192.168.100.1 -q 8 --report_gbits -D 5 -f 1"
                                        + " --out_json --out_json_file=@FILE@ 192.168.100.2")
                                .split(" "));
        assertThat(perftest.latencyServer(
                        new FabricPort("mlx5_0", 1, OptionalInt.empty()), "192.168.100.2", Set.of("source_ip")))
                .containsExactly(
                        "ib_send_lat -d mlx5_0 -i 1 -F -p @PORT@ --source_ip=192.168.100.2 -n 1000".split(" "));
        assertThat(new Perftest(5, 50).bandwidthServer(port, "192.168.100.2", Set.of()))
                .containsExactly(
                        "ib_write_bw -d irdma0 -i 1 -x 3 -F -p @PORT@ -q 8 --report_gbits -n 50 -u 18".split(" "));
    }
}
