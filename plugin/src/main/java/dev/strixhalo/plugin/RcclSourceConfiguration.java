package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.source.FolderSource;
import dev.strixhalo.rccl.source.Source;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The element {@code <source>} of {@code <rccl>}, as Maven fills it. */
public final class RcclSourceConfiguration {
    /** A git repository at one commit; the guide's fork unless {@code tarball} or {@code folder} is set. */
    private @Nullable GitConfiguration git;

    /** An archive with a known sha256. */
    private @Nullable TarballConfiguration tarball;

    /** A folder with the sources, relative to the pom, for example {@code src/rccl}. */
    private @Nullable String folder;

    /** Whether anything but a full commit id is refused, so that no branch or tag can move under a pipeline. */
    private boolean locked;

    Source toSource(Path here) throws StrixhaloException {
        if (Stream.of(git, tarball, folder).filter(Objects::nonNull).count() > 1) {
            throw Problem.of("<source> names more than one place to take RCCL's sources from.")
                    .fix("keep one of <git>, <tarball> and <folder>")
                    .asException();
        }
        if (tarball != null) return tarball.toSource(here);
        if (folder != null) return new FolderSource(here.resolve(folder.strip()));
        return (git == null ? new GitConfiguration() : git).toSource(locked);
    }
}
