package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Question;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.util.Set;

/**
 * What is not right with a served model is told: ranks that stray from the fabric, one that dies, and a deploy that would end
 * it. Parts of others die in the chapters that launch those.
 */
final class Noticing implements Chapter {
    /** The same image with other flags, for which a container has to make room. */
    private static final String[] OTHERWISE = {"strixhalo:deploy", "-Dstrixhalo.deploy.memlock=8m"};

    @Override
    public String name() {
        return "noticed";
    }

    @Override
    public Set<String> needs() {
        return Set.of("launch");
    }

    @Override
    public boolean mishaps() {
        return true;
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        report.step("ranks that are sent over the LAN: the launch goes on and says so, with node and interface", () -> {
            var said = unlessGood(
                    stage.project().maven("strixhalo:launch", "-Dstrixhalo.serve.environment.GLOO_SOCKET_IFNAME=lan0"));
            unlessSaid(said, "NOT PROVED: TCP, but not over the fabric: ");
            for (var node : stage.bed().nodes()) {
                unless(
                        Mismatch.said(said)
                                .matches("(?s).*" + node.name()
                                        + ": \\S+ \\S+ each way went through lan0 during the answer, which"
                                        + " is not the fabric \\(fabric0\\)\\..*"),
                        "no warning of " + node.name() + "'s lan0:\n" + Mismatch.said(said));
            }
        });
        report.aside("a deploy that would end what is served says so in its dry run, and ends nothing", () -> {
            var words = new java.util.ArrayList<>(java.util.List.of(OTHERWISE));
            words.add("-Dstrixhalo.dryRun");
            var said = unlessGood(stage.project().maven(words.toArray(String[]::new)));
            unlessSaid(said, "(ends /models/tiny, ready since ");
            answers(stage);
        });
        report.aside("a deploy that is refused ends nothing that is served", () -> {
            var said = stage.project().maven("strixhalo:deploy", "-Dstrixhalo.cluster.link=roce");
            unless(said.exitCode() == 1, "exit code " + said.exitCode());
            unlessSaid(said, "memlock");
            answers(stage);
        });
        report.aside(
                "status notices a killed rank of Ray's within 10 s",
                () -> new Noticed(stage).kill(stage.node2(), "ray::RayWorkerProc.*", "node2: rank process "));
        report.aside("a deploy that ends what is served says so before, ends it, and tells how it comes back", () -> {
            var said = unlessGood(stage.project().maven(OTHERWISE));
            unlessSaid(said, "the switch will end what is served: /models/tiny, ready since ");
            unlessSaid(said, "; /models/tiny was ended, mvn strixhalo:launch starts it again");
            Launching.stopped(stage);
        });
    }

    private static void answers(Stage stage) throws Exception {
        unless(Question.ask(stage.operator(), stage.apiKey(), 4).status() == 200, "the model was ended");
    }
}
