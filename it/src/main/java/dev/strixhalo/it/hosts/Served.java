package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.it.stage.Report;
import java.util.Set;

/**
 * What the owner of prepared hosts does next: build-image, deploy, launch, status. The model is a stand-in that fits an emulated
 * machine; what its ranks move, by ib_write_bw, is what a model's all-reduces would: 1 MiB each way in 64 tokens.
 */
final class Served implements Chapter {
    private static final String PROVED = ": NET/IB on rxe0:1 GID ";

    @Override
    public String name() {
        return "service";
    }

    @Override
    public boolean mishaps() {
        return true;
    }

    @Override
    public Set<String> needs() {
        return Set.of("prepare");
    }

    @Override
    public void play(Hosts hosts, Report report) throws Report.ChapterBroken {
        try {
            report.step(
                    "an image with a stand-in for vLLM is built, and deploy brings it to both",
                    () -> Deployed.deploy(hosts));
            report.step("launch proves RDMA on both by the port's own counters, with what it found per node", () -> {
                var said = unlessGood(hosts.project().maven("strixhalo:launch"));
                unlessSaid(said, "proved" + PROVED);
                var verdict = new ObjectMapper()
                        .readTree(hosts.project().read("target/strixhalo/launch.json"))
                        .path("proof")
                        .path("verdict");
                unless(
                        verdict.path("outcome").asText().equals("RDMA")
                                && verdict.path("wanted").asBoolean(),
                        verdict.toPrettyString());
            });
            report.step("status shows that verdict, and proves it anew on the living service", () -> {
                var said = unlessGood(hosts.project().maven("strixhalo:status", "-Dstrixhalo.proof"));
                unlessSaid(said, "proved at launch" + PROVED, "proved now" + PROVED);
            });
            // Its log goes on to say what it chose at first.
            unproved(hosts, report, "nothing", "a service that answers while nothing goes through the port");
            unproved(hosts, report, "sockets", "a service that fell back to TCP over the same cable");
            report.aside(
                    "a launch that speaks TCP on a link of RDMA is told so, fails, and leaves nothing running", () -> {
                        Deployed.moves(hosts, null);
                        unlessGood(hosts.project().maven("strixhalo:stop"));
                        var said = hosts.project().maven("strixhalo:launch", "-Dnetwork=sockets");
                        unless(said.exitCode() == 1, "exit code " + said.exitCode());
                        unlessSaid(said, "the ranks speak TCP to each other, not RDMA");
                        for (var machine : hosts.all()) {
                            var left = machine.asRoot("pgrep", "-a", "-f", "VLLM::|/usr/local/bin/vllm|ib_write_bw");
                            unless(left.out().isEmpty(), machine.name() + ": " + left.out());
                        }
                    });
        } finally {
            // The containers stay: the next chapter measures in them, and takes them away.
            report.aside(
                    "stop ends whatever still serves",
                    () -> unlessGood(hosts.project().maven("strixhalo:stop")));
        }
    }

    private static void unproved(Hosts hosts, Report report, String moves, String sentence) {
        report.aside(sentence + " is not proved, and status ends with exit code 1", () -> {
            Deployed.moves(hosts, moves);
            var said = hosts.project().maven("strixhalo:status", "-Dstrixhalo.proof");
            unless(said.exitCode() == 1, "exit code " + said.exitCode());
            unlessSaid(said, "proved at launch" + PROVED, "NOT PROVED now: ");
        });
    }
}
