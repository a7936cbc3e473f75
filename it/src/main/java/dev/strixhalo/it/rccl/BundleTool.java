package dev.strixhalo.it.rccl;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code clang-offload-bundler --list} for the GPU code of an ELF file. The tool wants the bundle alone, so objcopy(1) takes the
 * section out first.
 */
public final class BundleTool {
    static final String LLVM = "/usr/lib/llvm-17/bin/clang-offload-bundler";

    private final List<String> command;
    private final Path folder;
    private final String folderForTool;

    /**
     * @param command       the tool and what has to come before it
     * @param folder        where the section may be put for a moment
     * @param folderForTool the same folder as the tool sees it
     */
    public BundleTool(List<String> command, Path folder, String folderForTool) {
        this.command = List.copyOf(command);
        this.folder = folder;
        this.folderForTool = folderForTool;
    }

    /** The one of LLVM 22 on this machine, which knows what ROCm 7 compresses; the toolchain's own does not. */
    static BundleTool ofRocm7() {
        var temporary = System.getProperty("java.io.tmpdir");
        return new BundleTool(List.of("clang-offload-bundler-22"), Path.of(temporary), temporary);
    }

    /** The one of LLVM 17 in a toolchain root, by chroot(8): for the superuser. */
    public static BundleTool inRoot(Path root) {
        return new BundleTool(List.of("chroot", root.toString(), LLVM), root.resolve("tmp"), "/tmp");
    }

    /** The ids that it lists, without those of the host; empty when the file has no embedded GPU code. */
    public List<String> list(Path file) throws IOException, StrixhaloException {
        var sections = Program.of("readelf", "-SW", file.toString()).run().orFail();
        if (sections.out().stream().noneMatch(line -> line.contains(" .hip_fatbin "))) return List.of();
        var bundle = Files.createTempFile(folder, "bundle", ".o");
        try {
            Program.of("objcopy", "-O", "binary", "--only-section=.hip_fatbin", file.toString(), bundle.toString())
                    .run()
                    .orFail();
            var argv = new ArrayList<>(command);
            argv.addAll(List.of("--list", "--type=o", "--input=" + folderForTool + "/" + bundle.getFileName()));
            return Program.of(argv).run().orFail().out().stream()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("host-"))
                    .toList();
        } finally {
            Files.deleteIfExists(bundle);
        }
    }
}
