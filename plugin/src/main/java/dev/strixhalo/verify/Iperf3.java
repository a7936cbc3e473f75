package dev.strixhalo.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.host.Reading;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code iperf3 --json}: what arrived, which is less than what was sent. */
final class Iperf3 {
    private Iperf3() {}

    static List<String> server(String address) {
        return List.of("iperf3", "-s", "-1", "-p", "@PORT@", "--bind", address);
    }

    static List<String> client(String address, String from, int port, int streams, int seconds) {
        var argv = new ArrayList<>(List.of("iperf3", "--json", "-c", address, "-p", String.valueOf(port)));
        argv.addAll(List.of("--bind", from, "-t", String.valueOf(seconds)));
        if (streams > 1) argv.addAll(List.of("-P", String.valueOf(streams)));
        return List.copyOf(argv);
    }

    /** Gbit/s at the receiver. */
    static Reading<Double> gigabits(ToolOutput output) {
        var text = String.join("\n", output.out());
        int start = text.indexOf('{');
        if (start < 0) return output.ifSucceeded(any -> noJson(output));
        try {
            var report = RecordFile.json().readTree(text.substring(start));
            // With --json 3.12 reports a failure here and ends with exit code 0.
            var error = report.path("error").asText();
            if (!error.isEmpty()) {
                return Reading.absent("iperf3: " + error + output.serverWords());
            }
            return output.ifSucceeded(any -> {
                var bits = report.path("end").path("sum_received").path("bits_per_second");
                if (!bits.isNumber() || !Double.isFinite(bits.asDouble()) || bits.asDouble() <= 0) {
                    return Reading.absent("iperf3 tells of nothing that arrived");
                }
                return Reading.of(bits.asDouble() / 1e9);
            });
        } catch (JsonProcessingException e) {
            return output.ifSucceeded(any -> noJson(output));
        }
    }

    private static Reading<Double> noJson(ToolOutput output) {
        return Reading.absent("iperf3 printed no JSON" + output.lastWords());
    }
}
