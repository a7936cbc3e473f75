package dev.strixhalo.it.rccl;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code clang-offload-bundler --list} for the GPU code of an ELF file. The tool wants the bundle alone, so objcopy(1) takes the
 * section out first.
 */
public final class BundleTool {
    private static final String LLVM = "/usr/lib/llvm-17/bin/clang-offload-bundler";

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
            unpack(bundle);
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

    /** LLVM 17 does not know version 3 of the compressed form yet: zstd(1) unpacks as much as the table needs. */
    private static void unpack(Path bundle) throws IOException, StrixhaloException {
        byte[] head;
        try (var stream = Files.newInputStream(bundle)) {
            head = stream.readNBytes(32);
        }
        if (!Arrays.equals(Arrays.copyOf(head, 8), new byte[] {'C', 'C', 'O', 'B', 3, 0, 1, 0})) return;
        var table = bundle.resolveSibling(bundle.getFileName() + ".table");
        var script = "tail -c +33 \"$1\" | zstd -dcq 2>/dev/null | head -c 65536 >\"$2\" && mv \"$2\" \"$1\"";
        Program.of("sh", "-c", script, "unpack", bundle.toString(), table.toString())
                .run()
                .orFail();
        // It looks at the objects, too, and crashes when the file ends before them; a hole will do.
        long unpacked = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong(16);
        try (var file = new RandomAccessFile(bundle.toFile(), "rw")) {
            file.setLength(unpacked);
        }
    }
}
