package dev.strixhalo.base;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/** Whole folders of files; links are taken as links, never followed. */
public final class Folders {
    private Folders() {}

    /**
     * Removes a folder (or file) and all that is in it, if it is there.
     *
     * @throws IOException when something of it cannot be removed
     */
    public static void remove(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) return;
        try (var files = Files.walk(folder)) {
            for (var file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) Files.delete(file);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Copies what is in a folder into another one; files with their permissions and times, folders with those of new ones.
     *
     * @param left what is left out, told by its path relative to the folder
     * @throws IOException when something cannot be read or is there already
     */
    public static void copy(Path from, Path to, Predicate<Path> left) throws IOException {
        for (var file : files(from, left)) {
            var target = to.resolve(from.relativize(file).toString());
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) Files.createDirectories(target);
            else
                Files.copy(
                        file, target, new CopyOption[] {LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES});
        }
    }

    /**
     * Everything in a folder, the folder itself first, sorted.
     *
     * @param left what is left out, told by its path relative to the folder
     */
    public static List<Path> files(Path folder, Predicate<Path> left) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> !left.test(folder.relativize(file)))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
