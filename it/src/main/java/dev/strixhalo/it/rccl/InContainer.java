package dev.strixhalo.it.rccl;

import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.rehearsal.Report;

/** In a container of the user's own podman: rootless, on a machine of the bed, and Maven on the same machine. */
final class InContainer implements Chapter {
    @Override
    public String name() {
        return "container";
    }

    @Override
    public void play(Workshop workshop, Report report) throws Report.ChapterBroken {
        report.step("podman on the first node gets the toolchain's image", workshop::importImage);
        var project = report.make("Maven there builds the small library in a container", () -> {
            var made = workshop.small(
                    workshop.node(),
                    "small",
                    "<toolchain><kind>container</kind><image>%s</image></toolchain>".formatted(Workshop.IMAGE));
            unlessSaid(unlessGood(made.maven("strixhalo:build-rccl")), "built ");
            workshop.remember("container", made.sha256());
            return made;
        });
        report.aside(
                "a second run compiles nothing",
                () -> unlessSaid(unlessGood(project.maven("strixhalo:build-rccl")), "unchanged "));
        new Ending(project, project.computer()).play(report);
    }
}
