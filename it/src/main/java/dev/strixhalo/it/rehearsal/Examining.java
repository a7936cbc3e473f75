package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.it.stage.NodeState;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.util.Set;
import java.util.TreeSet;

/** doctor on the bed's nodes, which are no Strix Halo: what they cannot have fails by name, and nothing else does. */
final class Examining implements Chapter {
    /** The bed has no such GPU, and so none of its memory, which is skipped. */
    private static final Set<String> EXPECTED = Set.of("gpu-target node1", "gpu-target node2");

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public Set<String> needs() {
        return Set.of("image");
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        report.aside("doctor looks at both nodes, fails for the GPU that they have not, and changes nothing", () -> {
            var before = NodeState.of(stage);
            var said = stage.project().maven("strixhalo:doctor");
            unless(said.exitCode() == 1, "exit code " + said.exitCode());
            unlessSaid(said, "checks of doctor failed.");
            unless(failed(json(stage)).equals(EXPECTED), "failed: " + failed(json(stage)) + "\n" + said.text());
            var xml = stage.project().read("target/strixhalo/TEST-strixhalo-doctor.xml");
            unless(xml.contains("failures=\"%d\"".formatted(EXPECTED.size())), xml);
            NodeState.unlessSame(before, stage);
        });
        report.aside("without that check it ends well", () -> {
            unlessGood(stage.project().maven("strixhalo:doctor", "-Dstrixhalo.skipChecks=gpu-target"));
            unless(failed(json(stage)).isEmpty(), "failed: " + failed(json(stage)));
        });
        report.aside(
                "a node that does not answer is a failure of its own, and the other one is still looked at", () -> {
                    var said = stage.project()
                            .maven(
                                    "strixhalo:doctor",
                                    "-Dstrixhalo.skipChecks=gpu-target",
                                    "-Dstrixhalo.cluster.nodes.2.host=nobody");
                    unless(said.exitCode() == 1, "exit code " + said.exitCode());
                    unless(failed(json(stage)).equals(Set.of("reachable node2")), "failed: " + failed(json(stage)));
                    int seen = 0;
                    for (var finding : json(stage).path("findings"))
                        if (finding.path("node").asText().equals("node1")
                                && finding.path("verdict").asText().equals("ok")) seen++;
                    unless(seen > 3, seen + " checks of node1 are ok");
                });
    }

    private static JsonNode json(Stage stage) throws Exception {
        return new ObjectMapper().readTree(stage.project().read("target/strixhalo/doctor.json"));
    }

    private static Set<String> failed(JsonNode report) {
        var failed = new TreeSet<String>();
        for (var finding : report.path("findings")) {
            if (!finding.path("verdict").asText().equals("fail")) continue;
            failed.add(
                    finding.path("check").asText() + " " + finding.path("node").asText());
        }
        return failed;
    }
}
