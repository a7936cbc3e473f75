package dev.strixhalo.plugin;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.source.GitSource;
import org.jspecify.annotations.Nullable;

/** The element {@code <git>} of {@code <source>}, as Maven fills it. */
public final class GitConfiguration {
    /** The repository; {@code https://github.com/kyuz0/rocm-systems} unless set. */
    private @Nullable String url;

    /** The commit, in full; or a branch or tag, which is looked up in every run. The guide's commit unless {@code url} is set. */
    private @Nullable String commit;

    /** Where in the repository RCCL lies; {@code projects/rccl} unless {@code url} is set, then its top. */
    private @Nullable String folder;

    GitSource toSource(boolean locked) throws StrixhaloException {
        var standard = GitSource.DEFAULT;
        boolean other = url != null;
        return GitSource.of(
                url == null ? standard.url() : url.strip(),
                commit != null ? commit.strip() : other ? "" : standard.ref(),
                folder != null ? folder.strip() : other ? "" : standard.folder(),
                locked);
    }
}
