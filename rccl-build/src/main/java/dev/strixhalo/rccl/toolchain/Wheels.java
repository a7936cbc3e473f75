package dev.strixhalo.rccl.toolchain;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * CMake and ninja as the wheels of PyPI, for an image that has a compiler and lacks them (today's therock image). They are
 * fetched by the pip of this machine, with its index and proxy, and put into the workplace only.
 */
public final class Wheels {
    /** What is fetched; part of what a build is keyed by. */
    public static final List<String> PINNED = List.of("cmake==3.31.10", "ninja==1.13.0");

    /** The folder of programs in a workplace. */
    public static final String PROGRAMS = "tools/bin";

    private static final Duration FETCH = Duration.ofMinutes(10);

    private Wheels() {}

    /**
     * Puts both programs where a workplace has them.
     *
     * @param cache of the wheels
     * @param input folder that becomes the workplace
     * @throws StrixhaloException when pip cannot get them
     */
    public static void put(Path cache, Path input) throws StrixhaloException {
        var download = List.of(
                "python3",
                "-m",
                "pip",
                "download",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
                "--only-binary=:all:",
                "--platform=manylinux2014_x86_64",
                "--platform=manylinux_2_17_x86_64",
                "--find-links=" + cache,
                "--dest=" + cache);
        if (!run(download, true).succeeded()) {
            var result = run(download, false);
            if (!result.succeeded()) {
                var problem = Problem.of("pip cannot get CMake and ninja for the container.");
                for (var line : result.err()) problem = problem.found(line);
                throw problem.fix("python3 -m pip download " + String.join(" ", PINNED) + "   must work here")
                        .fix("leave <wheels> out and take an image that has both")
                        .asException();
            }
        }
        try (var wheels = Files.newDirectoryStream(cache, "{cmake-3.31.10,ninja-1.13.0}-*.whl")) {
            var tools = Files.createDirectories(input.resolve("tools"));
            for (var wheel : wheels) unpack(wheel, tools);
        } catch (IOException e) {
            throw Scratch.unwritable(input, e);
        }
    }

    private static Program.Result run(List<String> download, boolean there) throws StrixhaloException {
        var argv = new ArrayList<>(download);
        // All there from the last time: the index is not asked.
        if (there) argv.add("--no-index");
        argv.addAll(PINNED);
        return Program.of(argv).timeout(FETCH).run();
    }

    private static void unpack(Path wheel, Path tools) throws IOException {
        try (var zip = FileSystems.newFileSystem(wheel, (ClassLoader) null)) {
            for (var root : List.of("cmake/data", "ninja-1.13.0.data/scripts")) {
                var from = zip.getPath("/" + root);
                if (!Files.isDirectory(from)) continue;
                // CMake finds its modules beside its bin.
                var to = root.endsWith("scripts") ? tools.resolve("bin") : tools;
                try (var files = Files.walk(from)) {
                    for (var file : (Iterable<Path>) files::iterator)
                        place(file, to.resolve(from.relativize(file).toString()));
                }
            }
        }
    }

    private static void place(Path file, Path target) throws IOException {
        if (Files.isDirectory(file)) {
            Files.createDirectories(target);
            return;
        }
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        // A zip file keeps no executable bits for us.
        if (target.getParent() != null && target.getParent().endsWith("bin")) {
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }
}
