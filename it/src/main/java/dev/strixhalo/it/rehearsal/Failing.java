package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.stage.ImageRecord;
import dev.strixhalo.it.stage.Question;
import dev.strixhalo.it.stage.Stage;
import java.util.Set;

/** A node dies under the model, and a link that the nodes cannot bear is refused. */
final class Failing implements Chapter {
    @Override
    public String name() {
        return "failures";
    }

    @Override
    public Set<String> needs() {
        return Set.of("launch");
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        report.aside("a killed worker is noticed at once, though the API still says that it is well", () -> {
            unlessGood(stage.project().maven("strixhalo:launch"));
            var container = Deploying.container(ImageRecord.of(stage.project()));
            unlessGood(stage.node2().run("podman", "kill", "-s", "KILL", container));
            var said = stage.project().maven("strixhalo:status");
            unless(!said.succeeded(), "status says that all is well");
            unlessSaid(said, "NOT ANSWERING");
            unlessSaid(said, "node2: container was killed");
        });
        report.aside("a launch after that tells what to do, and the way it tells leads back to a completion", () -> {
            unlessGood(stage.project().maven("strixhalo:stop", "strixhalo:deploy", "strixhalo:launch"));
            unless(Question.ask(stage.operator(), stage.apiKey(), 4).status() == 200, "no answer");
        });
        report.aside("a deploy that would end what is served says so in its dry run, and ends nothing", () -> {
            var said = unlessGood(stage.project()
                    .maven(
                            "strixhalo:deploy",
                            "-Dstrixhalo.dryRun",
                            "-Dstrixhalo.cluster.link=roce",
                            "-Dstrixhalo.deploy.memlock=8m"));
            unlessSaid(said, "(ends /models/tiny, ready since ");
            unless(Question.ask(stage.operator(), stage.apiKey(), 4).status() == 200, "the model was ended");
        });
        report.aside("link roce is refused: the nodes may lock 8 MiB of memory and not without limit", () -> {
            var said = stage.project().maven("strixhalo:deploy", "-Dstrixhalo.cluster.link=roce");
            unless(!said.succeeded(), "it was not refused");
            unlessSaid(said, "memlock");
            unlessSaid(said, "nothing was changed");
            unless(Question.ask(stage.operator(), stage.apiKey(), 4).status() == 200, "the model was ended");
        });
        report.aside(
                "status notices a killed rank of Ray's within 10 s",
                () -> new Noticed(stage).kill(stage.node2(), "ray::RayWorkerProc.*", "node2: rank process "));
        report.aside("link roce passes with <memlock> lowered, and the card's device is in the container", () -> {
            var said = unlessGood(stage.project()
                    .maven("strixhalo:deploy", "-Dstrixhalo.cluster.link=roce", "-Dstrixhalo.deploy.memlock=8m"));
            unlessSaid(said, "the switch will end what is served: /models/tiny, ready since ");
            unlessSaid(said, "; /models/tiny was ended, mvn strixhalo:launch starts it again");
            Launching.stopped(stage);
            for (var node : stage.bed().nodes()) {
                var names = unlessGood(node.run("podman", "ps", "--format", "{{.Names}}"));
                var opened =
                        node.run("podman", "exec", names.out().get(0), "sh", "-c", "exec 3<>/dev/infiniband/uverbs0");
                unlessGood(opened);
            }
        });
    }
}
