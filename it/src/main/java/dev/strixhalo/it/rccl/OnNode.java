package dev.strixhalo.it.rccl;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.stage.Report;
import java.util.List;

/** In a container on a node of the cluster, over SSH from the operator's machine, which has neither compiler nor podman. */
final class OnNode implements Chapter {
    @Override
    public String name() {
        return "node";
    }

    @Override
    public void play(Workshop workshop, Report report) throws Report.ChapterBroken {
        var node = report.make("the first node has the toolchain's image", () -> {
            if (!workshop.node()
                    .run("podman", "image", "exists", Workshop.IMAGE)
                    .succeeded()) workshop.importImage();
            return workshop.node();
        });
        var project = report.make("Maven on the operator's machine has the small library built there", () -> {
            var made = workshop.small(
                    workshop.bed().operator(),
                    "small",
                    "<toolchain><kind>node</kind><image>%s</image><wheels>false</wheels></toolchain>"
                            .formatted(Workshop.IMAGE));
            unlessSaid(unlessGood(made.maven("strixhalo:build-rccl")), "built ");
            workshop.remember("node", made.sha256());
            return made;
        });
        report.aside(
                "a second run compiles nothing",
                () -> unlessSaid(unlessGood(project.maven("strixhalo:build-rccl")), "unchanged "));
        new Ending(project, node).play(report);
        report.aside("nothing of all that is left on the node but the image", () -> {
            var containers = unlessGood(node.run("podman", "ps", "--all", "--quiet"));
            unless(containers.out().isEmpty(), "containers: " + containers.text());
            var folders = node.run("sh", "-c", "ls -d ~/.cache/strixhalo/rccl-* /var/tmp/strixhalo-rccl-*");
            unless(folders.out().isEmpty(), "folders: " + folders.text());
        });
        System.out.println("        sha256 of the small library by place:");
        List.of("local", "container", "node")
                .forEach(place -> System.out.printf(
                        "          %-9s  %s%n", place, workshop.digests().getOrDefault(place, "-")));
    }
}
