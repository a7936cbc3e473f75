package dev.strixhalo.librccl;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.rccl.library.Inspection;
import dev.strixhalo.rccl.library.Verdict;
import dev.strixhalo.rccl.library.Wanted;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a base image has of RCCL and wants from it; the same for every image of that ID, and therefore kept.
 *
 * @param imageId of the base
 * @param hip     major version of its HIP runtime; null when it has none or several
 * @param needed  the symbols of RCCL that torch and vLLM leave undefined
 * @param copies  regular files called {@code librccl.so*}
 * @param folders above the copies
 */
public record BaseFacts(
        String imageId, @Nullable Integer hip, SortedSet<String> needed, List<Copy> copies, List<Folder> folders) {
    private static final int SCHEMA = 1;

    public BaseFacts {
        needed = Collections.unmodifiableSortedSet(new TreeSet<>(needed));
        copies = List.copyOf(copies);
        folders = List.copyOf(folders);
    }

    /**
     * A library that is there.
     *
     * @param path   all links resolved
     * @param sha256 of the file
     * @param links  that lead to it
     * @param inside what is in it
     */
    public record Copy(String path, String sha256, List<String> links, Inspection inside) {
        public Copy {
            links = List.copyOf(links);
        }
    }

    /**
     * A directory that is there.
     *
     * @param mode permissions with the sticky and set-ID bits
     */
    public record Folder(String path, int mode, int user, int group) {}

    /** What a library has to be good for in this image. */
    public Wanted wanted(String target) {
        return new Wanted(target, hip, needed);
    }

    /** What is wrong with the base's own libraries, each told with its path; nothing when all of them do. */
    public List<Problem> faults(String target) {
        return copies.stream()
                .flatMap(copy -> Verdict.of(copy.inside(), wanted(target)).problems().stream()
                        .map(problem -> problem.found("the base's " + copy.path())))
                .toList();
    }

    /** Whether the base has a library and all that it has do. */
    public boolean fit(String target) {
        return !copies.isEmpty() && faults(target).isEmpty();
    }

    /** Where they are kept. */
    static RecordFile<BaseFacts> file(Path folder, String imageId) {
        return new RecordFile<>(
                folder.resolve("base-" + imageId.substring("sha256:".length()) + ".json"),
                "strixhalo.base",
                SCHEMA,
                BaseFacts.class,
                "build-image");
    }
}
