package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.stage.NodeState;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.util.Set;

/** A link that the nodes cannot bear is refused, and one that they can brings its card into the container. */
final class Linking implements Chapter {
    @Override
    public String name() {
        return "link";
    }

    @Override
    public Set<String> needs() {
        return Set.of("deploy");
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        report.aside("link roce is refused: the nodes may lock 8 MiB of memory and not without limit", () -> {
            var before = NodeState.of(stage);
            var said = stage.project().maven("strixhalo:deploy", "-Dstrixhalo.cluster.link=roce");
            unless(said.exitCode() == 1, "exit code " + said.exitCode());
            unlessSaid(said, "memlock");
            unlessSaid(said, "nothing was changed");
            NodeState.unlessSame(before, stage);
        });
        report.aside("link roce passes with <memlock> lowered, and the card's device is in the container", () -> {
            ChoosingTheLibrary.ours(stage);
            unlessGood(stage.project()
                    .maven("strixhalo:deploy", "-Dstrixhalo.cluster.link=roce", "-Dstrixhalo.deploy.memlock=8m"));
            for (var node : stage.bed().nodes()) {
                // The same image with other flags is another container; the one before it is kept.
                var runs = unlessGood(node.run("podman", "ps", "--format", "{{.Names}}"));
                unless(runs.out().size() == 1, node.name() + " runs " + runs.out());
                unlessGood(node.run("podman", "exec", runs.text(), "sh", "-c", "exec 3<>/dev/infiniband/uverbs0"));
            }
        });
    }
}
