package dev.strixhalo.it.rccl;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Report;
import java.nio.file.Files;

/** Mistakes that a user would make: one sentence, a way out, exit code 1, nothing half-made. */
final class Refusals implements Chapter {
    private static final String LOCAL = "<toolchain><kind>local</kind></toolchain>";

    @Override
    public String name() {
        return "mistakes";
    }

    @Override
    public void play(Workshop workshop, Report report) throws Report.ChapterBroken {
        var project = report.make("a project with RCCL's tarball", () -> {
            return workshop.project(workshop.machine(), "mistakes")
                    .put("rccl.tar.gz", workshop.toolchain().tarball());
        });
        refused(
                report,
                project,
                "no image for a container on a node",
                "<source><folder>src</folder></source>",
                "In which image RCCL is compiled is not said.");
        refused(
                report,
                project,
                "a tarball with another sha256",
                "<source><tarball><from>rccl.tar.gz</from><sha256>%s</sha256></tarball></source>"
                                .formatted("0".repeat(64))
                        + LOCAL,
                "sha256");
        refused(
                report,
                project,
                "a tarball that is not there",
                "<source><tarball><from>gone.tar.gz</from><sha256>%s</sha256></tarball></source>"
                                .formatted("0".repeat(64))
                        + LOCAL,
                "gone.tar.gz");
        refused(
                report,
                project,
                "a folder that is not there",
                "<source><folder>src</folder></source>" + LOCAL,
                "The folder with RCCL's sources does not exist.");
        refused(
                report,
                project,
                "an artifact that is not there",
                "<artifact>local:nowhere:1</artifact>",
                "The artifact with the library is not to be had.");
        refused(report, project, "a file that is no library", "<file>pom.xml</file>", "pom.xml");
        refused(
                report,
                project,
                "a ROCm that is not there",
                "<source><tarball><from>rccl.tar.gz</from><sha256>%s</sha256></tarball></source>"
                                .formatted(dev.strixhalo.it.bed.HipToolchain.TARBALL_SHA256)
                        + "<look>false</look><toolchain><kind>local</kind><rocm>/opt/nowhere</rocm></toolchain>",
                "there is no /opt/nowhere/bin/hipcc");
    }

    private static void refused(Report report, UsersProject project, String mistake, String xml, String sentence) {
        report.aside(mistake + ": refused with a way out", () -> {
            var said = project.rccl(xml).maven("strixhalo:build-rccl");
            if (said.exitCode() != 1) throw Mismatch.of("exit code " + said.exitCode() + " and not 1", said);
            unlessSaid(said, sentence);
            unlessSaid(said, "  fix     ");
            if (Mismatch.said(said).contains("This is a bug")) throw Mismatch.of("it failed by a bug", said);
            unless(!Files.exists(project.at("target/strixhalo/rccl")), "something half-made is left");
            said.out().stream()
                    .filter(line ->
                            line.contains("ERROR") && !line.contains("[Help") && line.length() > "[ERROR] ".length())
                    .limit(3)
                    .forEach(line -> System.out.println("        " + line));
        });
    }
}
