package dev.strixhalo.it.rccl;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code llvm-objdump --offloading} of LLVM 22, which takes every entry of the bundles out and puts it beside the file. On
 * Debian's librccl 7.2.4 it dies after two of nine.
 */
final class LlvmObjdump {
    private static final String SAYS = "Extracting offload bundle: ";
    private static final String NAME = "library";

    private LlvmObjdump() {}

    /**
     * One entry.
     *
     * @param id   {@code hipv4-amdgcn-amd-amdhsa--gfx1151}
     * @param size of the code object, in bytes
     */
    record Entry(String id, long size) {}

    /**
     * What it told.
     *
     * @param whole   whether it ended well
     * @param entries without those of the host
     */
    record Told(boolean whole, List<Entry> entries) {}

    static Told of(Path file) throws IOException, StrixhaloException {
        var folder = Files.createTempDirectory("llvm-objdump");
        try {
            Files.createSymbolicLink(folder.resolve(NAME), file.toAbsolutePath());
            var run = Program.of("llvm-objdump-22", "--offloading", NAME)
                    .in(folder)
                    .run();
            var entries = new ArrayList<Entry>();
            for (var line : run.out()) {
                if (!line.startsWith(SAYS)) continue;
                // library.0.hipv4-…: the number is that of the bundle.
                var taken = line.substring(SAYS.length());
                var id = taken.substring(NAME.length() + 1).replaceFirst("^\\d+\\.", "");
                if (!id.startsWith("host-")) entries.add(new Entry(id, Files.size(folder.resolve(taken))));
            }
            return new Told(run.succeeded(), entries);
        } finally {
            Folders.remove(folder);
        }
    }
}
