package dev.strixhalo.it.rccl;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.it.stage.Report;
import java.time.Duration;
import java.util.List;

/** In a container of the user's own podman: rootless, on a machine of the bed, and Maven on the same machine. */
final class InContainer implements Chapter {
    /**
     * A base with one librccl behind a link, and another one that podman has no more. Their IDs are to be the same in the
     * archive: OCI's configuration would be rewritten.
     */
    private static final String BASE = """
            set -eu
            cd "$1"
            ln -s librccl.so.1.0 rocm/lib/librccl.so.1
            printf 'FROM %s\\nCOPY rocm /opt/rocm\\n' "$2" >Containerfile
            podman build --quiet --format docker --pull=never --network none --tag localhost/based .
            podman save --quiet --format docker-archive --output base.tar localhost/based
            podman build --quiet --format docker --pull=never --network none --label other=1 --tag localhost/other .
            podman save --quiet --format docker-archive --output other.tar localhost/other
            podman rmi localhost/other
            """;

    private static final Duration SAVE = Duration.ofMinutes(5);

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
        report.aside("with <wheels> it is built by the CMake and ninja of PyPI, which are not the image's", () -> {
            var wheels = workshop.small(
                    workshop.node(),
                    "wheels",
                    "<toolchain><kind>container</kind><image>%s</image><wheels>true</wheels></toolchain>"
                            .formatted(Workshop.IMAGE));
            // No way out leads from there: what pip got outside lies where the last run would have put it.
            wheels.home(".cache/strixhalo/rccl/wheels", workshop.wheels());
            unlessSaid(unlessGood(wheels.maven("strixhalo:build-rccl")), "built ");
            var record = new ObjectMapper()
                    .readTree(wheels.at("target/strixhalo/rccl/rccl.json").toFile());
            unless(record.findValue("cmake").asText().equals("3.31.10"), "cmake " + record.findValue("cmake"));
            unless(record.findValue("ninja").asText().startsWith("1.13.0"), "ninja " + record.findValue("ninja"));
        });
        var based = report.make("build-image with auto looks into a base that only this machine's podman has", () -> {
            var made = workshop.project(workshop.node(), "based").rccl("<target>gfx1151</target>");
            made.put("rocm/lib/librccl.so.1.0", project.library());
            unlessGood(workshop.node()
                    .program(List.of("sh", "-c", BASE, "sh", made.folder(), Workshop.IMAGE))
                    .timeout(SAVE)
                    .run());
            var built = unlessGood(made.maven(
                    "strixhalo:build-image",
                    "-Dstrixhalo.image.from=docker-archive:" + made.folder() + "/base.tar",
                    "-Dstrixhalo.image.rccl=auto"));
            // The user of this machine has no key for the nodes.
            unlessSaid(built, "no node could be asked what the base has");
            unlessSaid(built, "1 copy of librccl");
            var facts = new ObjectMapper()
                    .readTree(made.at("target/strixhalo/image.json").toFile())
                    .path("facts");
            unless(facts.path("rccl.sha256").asText().equals(project.sha256()), facts.toString());
            unless(facts.path("rccl.choice").asText().equals("stock"), facts.toString());
            return made;
        });
        report.aside(
                "a base that no machine has is refused, and with <rcclPaths> our library is laid over them", () -> {
                    unlessGood(based.maven("strixhalo:build-rccl", "-Dstrixhalo.rccl.file=rocm/lib/librccl.so.1.0"));
                    var from = "-Dstrixhalo.image.from=docker-archive:" + based.folder() + "/other.tar";
                    var refused = based.maven("strixhalo:build-image", from, "-Dstrixhalo.image.rccl=patched");
                    unless(refused.exitCode() == 1, "exit code " + refused.exitCode());
                    unlessSaid(refused, "no machine within reach has that image");
                    unlessSaid(refused, "<rcclPaths>");
                    unlessGood(based.maven(
                            "strixhalo:build-image",
                            from,
                            "-Dstrixhalo.image.rccl=patched",
                            "-Dstrixhalo.image.rcclPaths=/opt/rocm/lib/librccl.so.1.0"));
                    var facts = new ObjectMapper()
                            .readTree(based.at("target/strixhalo/image.json").toFile())
                            .path("facts");
                    unless(facts.path("rccl.choice").asText().equals("patched"), facts.toString());
                    unless(
                            facts.path("rccl.replaced").asText().equals("/opt/rocm/lib/librccl.so.1.0"),
                            facts.toString());
                });
    }
}
