package dev.strixhalo.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What {@code iperf3 --json} prints. */
class Iperf3Test {
    @Test
    void whatArrivedCounts() throws Exception {
        assertThat(Iperf3.gigabits(Fixtures.run("iperf3.json")).value()).isCloseTo(14.387, within(0.001));
    }

    @Test
    void anErrorIsNoNumberThoughTheProgramEndsWell() {
        // 3.12 against a port where nobody listens; real output, exit code 0.
        var refused = Fixtures.said(0, """
                {
                	"start":	{
                		"connected":	[],
                		"version":	"iperf 3.12"
                	},
                	"intervals":	[],
                	"end":	{
                	},
                	"error":	"unable to connect to server: Connection refused"
                }
                """).with(List.of("Server listening on 25201", "-----"));

        assertThat(Iperf3.gigabits(refused).reason())
                .isEqualTo(
                        "iperf3: unable to connect to server: Connection refused; the server said: Server listening on 25201");
    }

    @Test
    void aBrokenOffRunAndGarbageAreNoNumbers() throws Exception {
        var whole = Fixtures.run("iperf3.json");
        var killed = new ToolOutput(124, whole.out(), List.of(), List.of(), 0, List.of());

        assertThat(Iperf3.gigabits(killed).reason()).startsWith("it did not come to an end in its time");
        assertThat(Iperf3.gigabits(Fixtures.said(0, "[ ID] Interval Transfer")).reason())
                .startsWith("iperf3 printed no JSON");
        assertThat(Iperf3.gigabits(Fixtures.said(1, "iperf3: parameter error")).reason())
                .isEqualTo("it ended with exit code 1: iperf3: parameter error");
        assertThat(Iperf3.gigabits(Fixtures.said(0, "{\"end\": {}}")).reason())
                .isEqualTo("iperf3 tells of nothing that arrived");
        assertThat(Iperf3.gigabits(Fixtures.said(0, "{\"end\": {\"sum_received\": {\"bits_per_second\": 0}}}"))
                        .value())
                .isNull();
    }
}
