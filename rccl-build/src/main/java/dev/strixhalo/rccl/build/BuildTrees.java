package dev.strixhalo.rccl.build;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.toolchain.ToolchainFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The trees of a build: sources that go in, files that were installed. */
final class BuildTrees {
    private BuildTrees() {}

    /** Copies sources without git's own folder: RCCL writes the commit of a repository around it into the library. */
    static void copySources(Path from, Path to) throws IOException {
        Folders.copy(from, to, path -> path.startsWith(".git"));
    }

    /** What sources ask of a toolchain beyond a compiler, told by their CMake files. */
    static ToolchainFacts.Demands demands(Path sources) throws IOException {
        boolean hipify = false;
        boolean version = false;
        try (var files = Files.walk(sources)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var name = file.getFileName().toString();
                if (!Files.isRegularFile(file) || !(name.equals("CMakeLists.txt") || name.endsWith(".cmake"))) continue;
                var text = Files.readString(file, StandardCharsets.ISO_8859_1);
                hipify |= text.contains("hipify-perl");
                version |= text.contains(".info/version");
            }
        }
        return new ToolchainFacts.Demands(hipify, version);
    }

    /** The regular file behind an installed name, wherever below {@code usr} it was put. */
    static Path installed(Path fetched, String name) throws StrixhaloException {
        try (var files = Files.walk(fetched)) {
            var found = files.filter(file -> file.getFileName().toString().equals(name))
                    .findFirst();
            if (found.isPresent()) return found.get().toRealPath();
        } catch (IOException e) {
            throw unwritable(fetched, e);
        }
        throw Problem.of("The build ended well and installed no " + name + ".")
                .fix("see the log; are these sources of RCCL, and is BUILD_SHARED_LIBS on?")
                .asException();
    }

    /** The header, if one was installed. */
    static @Nullable Path header(Path fetched) throws IOException {
        try (var files = Files.walk(fetched)) {
            return files.filter(file -> file.endsWith("include/rccl/rccl.h"))
                    .findFirst()
                    .orElse(null);
        }
    }

    static void remove(Path folder) throws StrixhaloException {
        try {
            Folders.remove(folder);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    static StrixhaloException unwritable(Path folder, Exception e) {
        return Problem.of("The cache of RCCL's builds cannot be written.")
                .found(folder + ": " + e.getMessage())
                .fix("make room and the folder writable, or choose another one with -Dstrixhalo.cache=FOLDER")
                .asException(e);
    }
}
