package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Set;
import java.util.regex.Pattern;

/** A model that has to be fetched: from a hub that asks for a token, breaks off, or does not have it. */
final class FromTheHub implements Chapter {
    private static final Pattern BYTES_OF_BOTH = Pattern.compile("weights node1 [0-9.]+ [kM]B · node2 [0-9.]+ [kM]B");

    @Override
    public String name() {
        return "hub";
    }

    @Override
    public Set<String> needs() {
        return Set.of("deploy");
    }

    @Override
    public boolean mishaps() {
        return true;
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        var nodes = new ArrayList<Refused>();
        report.step("a hub on the operator's machine has a gated model, and one that never comes whole", () -> {
            stage.hub();
            for (var node : stage.bed().nodes()) {
                // What a bed that was kept has from the last time.
                unlessGood(node.run("sh", "-c", "rm -rf ~/.cache/huggingface/hub/models--lab--*"));
            }
            Launching.stopped(stage);
            nodes.add(new Refused(stage));
        });
        var refused = nodes.get(0);
        report.aside("a gated model without a token is refused: its licence and a token are named", () -> {
            var said = refused.launch(
                    from(stage, Stage.GATED) + " -Dstrixhalo.serve.hubTokenServer=",
                    ": lab/gated is gated, and we have no token.",
                    "accept its licence at https://huggingface.co/lab/gated",
                    "export HF_TOKEN=");
            unless(!Mismatch.said(said).contains("Ray"), "Ray was started for a model that cannot be had");
        });
        report.aside(
                "a token that the hub refuses is told as that",
                () -> refused.launch(
                        from(stage, Stage.GATED) + " -Dstrixhalo.serve.hubTokenServer=hub-refused",
                        ": lab/gated is gated, and the hub refuses our token.",
                        "with the account of this token"));
        report.aside(
                "a model that the hub does not have is told by its name",
                () -> refused.launch(
                        from(stage, "lab/none"), ": The hub has no model lab/none", "check the spelling of <model>"));
        report.aside("a download that stalls fails after the time without a byte, not after the whole", () -> {
            long begun = System.nanoTime();
            refused.launch(
                    from(stage, Stage.STUCK) + " -Dstrixhalo.serve.downloadStall=5",
                    ": No byte of lab/stuck came for 5 s.",
                    "it goes on where it stopped");
            var took = Duration.ofNanos(System.nanoTime() - begun);
            unless(took.toSeconds() < 60, "it took " + took);
        });
        report.aside(
                "with the right token both nodes fetch the model, each byte is counted, and the model answers", () -> {
                    var said = unlessGood(
                            stage.project().maven(("strixhalo:launch " + from(stage, Stage.GATED)).split(" ")));
                    if (!BYTES_OF_BOTH.matcher(Mismatch.said(said)).find())
                        throw Mismatch.of("the bytes of both nodes were not told", said);
                    unlessSaid(said, "ready");
                    for (var node : stage.bed().nodes()) {
                        unless(
                                stage.hub().accesses().stream()
                                        .anyMatch(line ->
                                                line.contains(node.lanAddress()) && line.contains(".safetensors")),
                                node.name() + " never asked the hub for the weights");
                    }
                });
        report.aside("status notices a killed API server, and a killed Ray on the other node, within 10 s", () -> {
            var noticed = new Noticed(stage);
            noticed.kill(stage.node1(), "\\S*python\\S* \\S*vllm serve .*", "node1: vLLM ended at", "signal 9");
            noticed.kill(stage.node2(), "\\S*/raylet .*", "node2: Ray ended at");
        });
        report.step("stop", () -> {
            unlessGood(stage.project().maven("strixhalo:stop"));
            Launching.stopped(stage);
        });
    }

    private static String from(Stage stage, String model) throws StrixhaloException {
        return "-Dstrixhalo.serve.environment.HF_HUB_OFFLINE=0 -Dstrixhalo.serve.environment.HF_ENDPOINT=%s -Dstrixhalo.serve.model=%s"
                .formatted(stage.hub().endpoint(), model);
    }
}
