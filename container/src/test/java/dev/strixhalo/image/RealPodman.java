package dev.strixhalo.image;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The podman of this machine with a storage of its own, overlay as on the nodes; leaves nothing mounted behind. */
final class RealPodman implements AutoCloseable {
    private final Path folder;
    private final String driver;

    RealPodman(Path folder, String driver) throws Exception {
        assumeTrue(RealRegistry.installed("podman"), "podman is not installed");
        assumeTrue(Program.of("id", "-u").run().text().equals("0"), "mounting an image to look into it needs root");
        this.folder = folder;
        this.driver = driver;
    }

    Program.Result run(String... argv) throws StrixhaloException {
        return program(argv).run();
    }

    /** The image's files, mounted. */
    Path mount(String image) throws StrixhaloException {
        return Path.of(run("image", "mount", image).orFail().text().strip());
    }

    /** {@code mode owner:group type} of a path below the mounted image, links not followed. */
    static String stat(Path mounted, String path) throws StrixhaloException {
        return Program.of("stat", "-c", "%a %u:%g %F", mounted + path)
                .run()
                .orFail()
                .text();
    }

    private Program program(String... argv) {
        var all = new ArrayList<>(List.of(
                "podman",
                "--root=" + folder.resolve("root"),
                "--runroot=" + folder.resolve("run"),
                "--storage-driver=" + driver));
        all.addAll(List.of(argv));
        return Program.of(all)
                .timeout(Duration.ofMinutes(3))
                .env("TMPDIR", folder.resolveSibling(".").toString());
    }

    @Override
    public void close() throws StrixhaloException {
        run("image", "umount", "--all", "--force").orFail();
        run("rmi", "--all", "--force").orFail();
        // The driver may bind its folder onto itself; as long as it does, nobody can delete it.
        var home = folder.resolve("root/overlay").toString();
        boolean bound;
        try (var mounts = java.nio.file.Files.lines(Path.of("/proc/self/mounts"))) {
            bound = mounts.anyMatch(line -> line.contains(" " + home + " "));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        if (bound) Program.of("umount", "-l", home).run().orFail();
    }
}
