package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;

import dev.strixhalo.it.bed.UpstreamRegistry;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.util.Set;

/** Everything goes, and comes back another way: through the operator. */
final class Removing implements Chapter {
    @Override
    public String name() {
        return "remove";
    }

    @Override
    public Set<String> needs() {
        return Set.of("deploy");
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        report.step("remove with images leaves no container, no image and no folder of ours", () -> {
            unlessGood(stage.project().maven("strixhalo:remove", "-Dstrixhalo.images"));
            for (var node : stage.bed().nodes()) {
                var left = unlessGood(node.run(
                        "sh",
                        "-c",
                        "podman ps -aq; podman images -q; ls -A ~/.local/state/strixhalo 2>/dev/null; true"));
                unless(left.out().isEmpty(), node.name() + " still has " + left.out());
            }
        });
        report.step("baseFrom operator: the base is fetched once for both nodes, and no node asks the registry", () -> {
            int before = stage.registry().accesses().size();
            unlessGood(stage.project().mavenForLong("strixhalo:deploy", "-Dstrixhalo.deploy.baseFrom=operator"));
            var asked = stage.registry().accesses();
            var blobs = asked.subList(before, asked.size()).stream()
                    .filter(UpstreamRegistry.Access::readBlob)
                    .toList();
            for (var node : stage.bed().nodes()) {
                unless(
                        blobs.stream().noneMatch(blob -> blob.client().equals(node.lanAddress())),
                        node.name() + " asked the registry itself");
            }
            for (var layer : stage.artefacts().base().layers()) {
                long times = blobs.stream()
                        .filter(blob -> blob.path().endsWith(layer.digest()))
                        .count();
                unless(times == 1, layer.digest() + " was fetched " + times + " times");
            }
        });
        report.step("remove, and a second remove that finds nothing", () -> {
            unlessGood(stage.project().maven("strixhalo:remove"));
            unlessGood(stage.project().maven("strixhalo:remove"));
        });
    }
}
