package dev.strixhalo.it.rccl;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.base.Progress;
import dev.strixhalo.it.stage.Report;

/** What we read of ELF files against what everybody's tools read: every one of the toolchain, and one of 379 MB. */
final class AgainstTools implements Chapter {
    private static final int FEWEST = 300;

    @Override
    public String name() {
        return "tools";
    }

    @Override
    public void play(Workshop workshop, Report report) throws Report.ChapterBroken {
        report.aside(
                "every ELF file of the toolchain is to us what it is to readelf, nm and clang-offload-bundler", () -> {
                    var bundler = new Witnesses(workshop).bundler();
                    var result = new ElfComparison(bundler)
                            .compare(workshop.toolchain().rootfs(), Integer.MAX_VALUE);
                    tell(result);
                    unless(result.differences().isEmpty(), String.join("\n", result.differences()));
                    unless(result.files() >= FEWEST, "only %d files".formatted(result.files()));
                });
        var negative = report.make(
                "Debian's librccl 7.2.4, compressed and without gfx1151, is there",
                () -> workshop.toolchain().negative(Progress.SILENT));
        report.aside("it is to us what it is to the tools", () -> {
            var result = new ElfComparison(BundleTool.ofRocm7()).compareOne(negative);
            tell(result);
            unless(result.differences().isEmpty(), String.join("\n", result.differences()));
            unless(result.codeObjects() == 9, "the tool lists %d entries".formatted(result.codeObjects()));
        });
        report.aside(
                "llvm-objdump --offloading, as far as it comes before it dies of that file, tells the same", () -> {
                    var told = LlvmObjdump.of(negative).entries().stream()
                            .map(LlvmObjdump.Entry::id)
                            .toList();
                    var all = BundleTool.ofRocm7().list(negative);
                    unless(!told.isEmpty() && all.containsAll(told), told + " of " + all);
                    System.out.println("        " + told.size() + " of " + all.size());
                });
        report.aside("inspect-rccl says that it has no gfx1151, why that matters, and ends with exit code 1", () -> {
            var project = workshop.project(workshop.machine(), "negative");
            project.rccl("");
            project.put("librccl.so.1.0", negative);
            var said =
                    project.maven("strixhalo:inspect-rccl", "-Dstrixhalo.file=" + project.folder() + "/librccl.so.1.0");
            unless(said.exitCode() == 1, "exit code " + said.exitCode());
            unlessSaid(said, "gfx1151");
            said.out().stream()
                    .filter(line -> line.contains("gfx"))
                    .forEach(line -> System.out.println("        " + line));
        });
    }

    private static void tell(ElfComparison.Result result) {
        System.out.printf(
                "        %d files, %d symbols, %d entries of bundles, %d differences%n",
                result.files(),
                result.symbols(),
                result.codeObjects(),
                result.differences().size());
    }
}
