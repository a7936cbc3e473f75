package dev.strixhalo.rccl.source;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;

/** Where RCCL's sources come from. */
public sealed interface Source permits GitSource, TarballSource, FolderSource {
    /** As messages and records call it, without secrets. */
    String text();

    /**
     * Brings the sources here, or finds them in the cache. What was broken off goes on or starts clean; what is in the cache is
     * never changed again.
     *
     * @param cache    folder for sources; may be lost, outlives the build
     * @param progress for downloads
     * @throws StrixhaloException when they cannot be had, or are not what was asked for
     */
    Tree bring(Path cache, Progress progress) throws StrixhaloException;

    /**
     * Sources on disk, only to be read.
     *
     * @param folder   that holds {@code CMakeLists.txt}
     * @param identity what they are, whoever asks: {@code git:COMMIT:folder}, {@code tar:SHA256:folder}, {@code files:SHA256}
     * @param commit   full commit id, or empty when they do not come from git
     * @param inside   path of the folder in its repository or tarball, empty for the top; patches may be written from either
     */
    record Tree(Path folder, String identity, String commit, String inside) {}
}
