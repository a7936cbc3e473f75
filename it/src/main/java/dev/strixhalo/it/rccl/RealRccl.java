package dev.strixhalo.it.rccl;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.HipToolchain;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** RCCL 5.4.3 itself, compiled once, on a machine with ROCm; and what becomes of it. */
final class RealRccl implements Chapter {
    private static final String TARBALL = "rccl_5.4.3.orig.tar.gz";
    static final String PATCH = "gfx1151-rccl-5.4.3.patch";
    static final String SHORT = "allreduce-sum-float-only.patch";
    /** NCCL 2.13.4. */
    private static final String VERSION = "21304";

    private static final String ASK = """
            import ctypes, os, sys
            version = ctypes.c_int()
            result = ctypes.CDLL(sys.argv[1], mode=os.RTLD_NOW).ncclGetVersion(ctypes.byref(version))
            print(result, version.value)
            """;

    @Override
    public String name() {
        return "real";
    }

    @Override
    public void play(Workshop workshop, Report report) throws Report.ChapterBroken {
        var project =
                report.make("a project with RCCL's tarball, on a machine with ROCm and Maven", () -> project(workshop));
        report.aside(
                "without the patch the look before the build refuses: three conditions by name, nothing is compiled",
                () -> {
                    var refused = project.rccl(xml()).maven("strixhalo:build-rccl");
                    unless(refused.exitCode() == 1, "exit code " + refused.exitCode());
                    for (var file : List.of(
                            "src/collectives/device/common.h",
                            "src/include/devcomm.h",
                            "src/collectives/device/prims_ll128.h"))
                        unlessSaid(refused, "The sources do not know gfx1151 in " + file);
                    unless(!Files.exists(project.at("target/strixhalo/rccl-build.log")), "something was compiled");
                });
        report.step("with our patch RCCL is compiled for gfx1151", () -> {
            project.rccl(xml(PATCH, SHORT));
            var built = unlessGood(project.maven("strixhalo:build-rccl"));
            for (var words : List.of("gfx1151", "HIP 5", "NCCL 2.13.4")) unlessSaid(built, words);
            tell(built.out(), "judged ", "built ");
        });
        report.aside(
                "its record says so: gfx1151 and nothing else, source, both patches, options, what it took", () -> {
                    var record = new ObjectMapper()
                            .readTree(project.at("target/strixhalo/rccl/rccl.json")
                                    .toFile());
                    unless(
                            record.findValue("targets").toString().equals("[\"gfx1151\"]"),
                            "targets " + record.findValue("targets"));
                    unless(record.findValue("patches").size() == 2, "patches " + record.findValue("patches"));
                    unless(
                            record.toString().contains(HipToolchain.TARBALL_SHA256),
                            "the tarball's sha256 is not in it");
                    unless(
                            record.findValue("options").has("BUILD_ALLREDUCE_ONLY"),
                            "options " + record.findValue("options"));
                    unless(
                            record.findValuesAsText("sha256").contains(project.sha256()),
                            "the library's sha256 is not in it");
                    System.out.println("        " + record.findValue("measured"));
                });
        report.aside("loaded by dlopen with all its symbols bound, ncclGetVersion answers " + VERSION, () -> {
            var library = project.folder() + "/target/strixhalo/rccl/lib/librccl.so.1";
            var said = unlessGood(workshop.machine().run("python3", "-c", ASK, library));
            unless(said.text().equals("0 " + VERSION), "it answered " + said.text());
        });
        report.aside(
                "readelf, nm, clang-offload-bundler and llvm-objdump say of it what inspect-rccl says, field by field",
                () -> {
                    var file = project.folder() + "/target/strixhalo/rccl/lib/librccl.so.1.0";
                    var said = unlessGood(project.maven(
                            "-q", "strixhalo:inspect-rccl", "-Dstrixhalo.json", "-Dstrixhalo.file=" + file));
                    new Witnesses(workshop).agree(said.text(), project.library());
                });
        report.aside("a second run compiles nothing", () -> {
            Files.delete(project.at("target/strixhalo/rccl-build.log"));
            var before = project.sha256();
            var second = unlessGood(project.maven("strixhalo:build-rccl"));
            unlessSaid(second, "unchanged ");
            unless(!Files.exists(project.at("target/strixhalo/rccl-build.log")), "something was compiled");
            unless(project.sha256().equals(before), "it is another library");
        });
        report.aside("mvn install attaches the tar.gz; another project takes it as <artifact>", () -> {
            unlessSaid(unlessGood(project.maven("install")), "attached ");
            var user = workshop.project(workshop.machine(), "user");
            user.rccl("<artifact>local:rccl:1</artifact>");
            unlessSaid(unlessGood(user.maven("strixhalo:build-rccl")), "judged ");
            unless(user.sha256().equals(project.sha256()), "it is another library");
            unless(Files.exists(user.at("target/strixhalo/rccl/include/rccl/rccl.h")), "the header is missing");
        });
    }

    private static void tell(List<String> lines, String... words) {
        for (var word : words)
            lines.stream().filter(line -> line.contains(word)).forEach(line -> System.out.println("        " + line));
    }

    /** A project with the tarball and both patches beside a pom that is still to be written. */
    static UsersProject project(Workshop workshop) throws StrixhaloException, IOException, Mismatch {
        return workshop.project(workshop.machine(), "rccl")
                .put(TARBALL, workshop.toolchain().tarball())
                .patch(PATCH)
                .patch(SHORT);
    }

    /** What stands in {@code <rccl>}. */
    static String xml(String... patches) {
        var all = Stream.of(patches).map("<patch>%s</patch>"::formatted).collect(Collectors.joining());
        return """
                <source><tarball><from>%s</from><sha256>%s</sha256></tarball></source>
                <patches>%s</patches>
                <toolchain><kind>local</kind></toolchain>
                <options>
                  <BUILD_ALLREDUCE_ONLY>ON</BUILD_ALLREDUCE_ONLY>
                  <BUILD_FILE_REORG_BACKWARD_COMPATIBILITY>OFF</BUILD_FILE_REORG_BACKWARD_COMPATIBILITY>
                </options>
                """.formatted(TARBALL, HipToolchain.TARBALL_SHA256, all);
    }
}
