package dev.strixhalo.it.bed;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/** The folder {@code image} of our resources as files: shells and Python do not read jars. */
final class ImageScripts {
    private static final String KNOWN = "image/base-image";

    private final Path folder;

    private ImageScripts(Path folder) {
        this.folder = folder;
    }

    /**
     * The scripts that fill a cache.
     *
     * @param cache made when it is missing
     */
    static ImageScripts of(Path cache) throws StrixhaloException {
        try {
            Files.createDirectories(cache);
        } catch (IOException e) {
            throw Problem.of("The cache folder of the test bed cannot be made.")
                    .found(e.toString())
                    .fix("make " + cache.toAbsolutePath().getParent() + " writable")
                    .asException(e);
        }
        return in(cache.resolve("scripts"));
    }

    /**
     * The scripts where they lie, or, from a jar, unpacked.
     *
     * @param target folder to unpack to; what is in it is overwritten
     */
    static ImageScripts in(Path target) throws StrixhaloException {
        try {
            URI known = Objects.requireNonNull(ImageScripts.class.getResource(KNOWN), KNOWN)
                    .toURI();
            if ("file".equals(known.getScheme())) return new ImageScripts(folderOf(Path.of(known)));
            try (var jar = FileSystems.newFileSystem(known, Map.of())) {
                copy(folderOf(jar.provider().getPath(known)), target);
            }
            return new ImageScripts(target);
        } catch (IOException | URISyntaxException e) {
            throw Problem.of("The scripts of the test bed cannot be unpacked.")
                    .found(e.toString())
                    .fix("make " + target + " writable")
                    .asException(e);
        }
    }

    /** The path of a file or folder beside the scripts. */
    Path path(String name) {
        return folder.resolve(name);
    }

    /** Runs a script that fills the cache. */
    void run(String script, Path cache, Duration timeout, Progress progress) throws StrixhaloException {
        // Through its interpreter, since a jar keeps no executable bits.
        Program.of("bash", path(script).toString(), cache.toString())
                .timeout(timeout)
                .streaming(line -> progress.line(script, line))
                .run()
                .orFail();
    }

    private static Path folderOf(Path file) {
        return Objects.requireNonNull(file.getParent(), "a resource is in a folder");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    // Whole or not at all: another bed of this machine may run the very script just now.
                    var beside = Files.createTempFile(to, ".script", null);
                    Files.write(beside, Files.readAllBytes(file));
                    Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
