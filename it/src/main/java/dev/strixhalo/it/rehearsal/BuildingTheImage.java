package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.bed.UpstreamRegistry;
import dev.strixhalo.it.stage.ImageRecord;
import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.util.Set;

/** From a pom to an image whose base was never read. */
final class BuildingTheImage implements Chapter {
    @Override
    public String name() {
        return "image";
    }

    @Override
    public Set<String> needs() {
        return Set.of("bed");
    }

    @Override
    public void play(Stage stage, Report report) throws Report.ChapterBroken {
        report.step("a base image of 3 GB and a model, made of packages", stage::artefacts);
        report.step("the base image lies in a registry with TLS on the LAN", () -> {
            var reference = stage.registry().push(stage.artefacts().base(), "vllm", "latest");
            unless(reference.contains("@sha256:"), reference);
        });
        report.step("build-image makes the image and reads no blob of the base but its configuration", () -> {
            int before = stage.registry().accesses().size();
            unlessGood(stage.project().maven("strixhalo:build-image"));
            var asked = stage.registry().accesses();
            var blobs = asked.subList(before, asked.size()).stream()
                    .filter(UpstreamRegistry.Access::readBlob)
                    .toList();
            var layers = stage.artefacts().base().layers();
            for (var blob : blobs) {
                unless(
                        layers.stream().noneMatch(layer -> blob.path().endsWith(layer.digest())),
                        "it read a layer of the base: " + blob);
            }
        });
        report.step("a second build changes nothing and says so", () -> {
            var before = ImageRecord.of(stage.project()).imageId();
            unlessSaid(unlessGood(stage.project().maven("strixhalo:build-image")), "unchanged");
            unless(ImageRecord.of(stage.project()).imageId().equals(before), "the image ID is another one");
        });
    }
}
