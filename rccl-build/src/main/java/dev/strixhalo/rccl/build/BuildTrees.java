package dev.strixhalo.rccl.build;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.toolchain.ToolchainFacts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The trees of a build: sources that go in, files that were installed. */
final class BuildTrees {
    /** Of {@code cmake_minimum_required(VERSION 3.16...3.30)} the first, the oldest that will do (cmake-commands(7)). */
    private static final Pattern LEAST_CMAKE = Pattern.compile(
            "(?i)^\\s*cmake_minimum_required\\s*\\(\\s*VERSION\\s+(\\d{1,4}(?:\\.\\d{1,4}){1,3})", Pattern.MULTILINE);

    private BuildTrees() {}

    /** Copies sources without git's own folder: RCCL writes the commit of a repository around it into the library. */
    static void copySources(Path from, Path to) throws IOException {
        Folders.copy(from, to, path -> path.startsWith(".git"));
    }

    /** What sources ask of a toolchain beyond a compiler, told by their CMake files, and not given by an option. */
    static ToolchainFacts.Demands demands(Path sources, BuildOptions options) throws IOException {
        boolean hipify = false;
        boolean version = false;
        String cmake = null;
        try (var files = Files.walk(sources)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var name = file.getFileName().toString();
                if (!Files.isRegularFile(file) || !(name.equals("CMakeLists.txt") || name.endsWith(".cmake"))) continue;
                var text = Files.readString(file, StandardCharsets.ISO_8859_1);
                hipify |= text.contains("hipify-perl");
                version |= text.contains(".info/version");
                // Deeper ones may belong to tests or tools that are not built.
                if (file.equals(sources.resolve("CMakeLists.txt"))) {
                    var least = LEAST_CMAKE.matcher(text);
                    if (least.find()) cmake = least.group(1);
                }
            }
        }
        version &= !options.cmake().containsKey("EXPLICIT_ROCM_VERSION");
        return new ToolchainFacts.Demands(hipify, version, cmake);
    }

    /** The regular file behind an installed name, wherever below {@code usr} it was put. */
    static Path installed(Path fetched, String name) throws StrixhaloException {
        try (var files = Files.walk(fetched)) {
            // A link that leads nowhere is as good as none.
            var found = files.filter(file -> file.getFileName().toString().equals(name) && Files.isRegularFile(file))
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
