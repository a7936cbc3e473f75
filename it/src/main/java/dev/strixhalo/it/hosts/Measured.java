package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.base.Program;
import dev.strixhalo.it.stage.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** verify over real verbs: with limits that emulation can meet, and with one that it cannot. */
final class Measured implements Chapter {
    /** What an emulated processor is good for; the limits for real cards are the defaults. */
    private static final List<String> SLOW = List.of(
            "-Dstrixhalo.verify.rdmaLatencyFailMicros=10000000",
            "-Dstrixhalo.verify.rdmaBandwidthFailGigabits=0.001",
            "-Dstrixhalo.verify.leastTimesFaster=0",
            "-Dstrixhalo.verify.rdmaRounds=50",
            "-Dstrixhalo.verify.seconds=3");

    @Override
    public String name() {
        return "verify";
    }

    @Override
    public Set<String> needs() {
        return Set.of("prepare");
    }

    @Override
    public void play(Hosts hosts, Report report) throws Report.ChapterBroken {
        report.step(
                "verify measures LAN, TCP on the card and RDMA, both ways, within limits that emulation can meet",
                () -> {
                    var said = unlessGood(verify(hosts));
                    unlessSaid(said, "LAN", "RDMA");
                    var rdma = row(hosts, "rdma");
                    unless(rdma.toString().contains("rxe0"), "no verbs device: " + rdma);
                });
        report.aside("a limit that it cannot meet ends with exit code 1, and the row is named", () -> {
            var said = verify(
                    hosts,
                    "-Dstrixhalo.verify.rdmaBandwidthFailGigabits=1000",
                    "-Dstrixhalo.verify.skipPaths=lan,fabric-tcp");
            unless(said.exitCode() == 1, "exit code " + said.exitCode());
            unlessSaid(said, "RDMA", "fail");
        });
        report.aside("nothing that verify started goes on", () -> {
            for (var machine : hosts.all()) {
                var left = machine.asRoot("pgrep", "-a", "-x", "iperf3|ib_write_bw|ib_send_lat|ib_write_lat");
                unless(left.out().isEmpty(), machine.name() + ": " + left.out());
            }
        });
    }

    static Program.Result verify(Hosts hosts, String... more) throws Exception {
        var words = new ArrayList<>(List.of("strixhalo:verify"));
        words.addAll(SLOW);
        words.addAll(List.of(more));
        return hosts.project().maven(words.toArray(String[]::new));
    }

    static JsonNode row(Hosts hosts, String path) throws Exception {
        var report = new ObjectMapper().readTree(hosts.project().read("target/strixhalo/verify.json"));
        for (var row : report.path("rows")) if (row.path("path").asText().equals(path)) return row;
        throw new IllegalStateException("no row " + path + " in " + report);
    }
}
