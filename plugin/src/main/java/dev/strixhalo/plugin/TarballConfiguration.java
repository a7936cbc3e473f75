package dev.strixhalo.plugin;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.source.TarballSource;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The element {@code <tarball>} of {@code <source>}, as Maven fills it. */
public final class TarballConfiguration {
    /**
     * Address of the archive (http, https), or a file relative to the pom; tar, plain or with gzip or bzip2, for example
     * {@code https://example.org/rccl.tar.gz}.
     */
    private @Nullable String from;

    /** The archive's sha256, 64 hexadecimal digits as sha256sum prints them; there is no default. */
    private @Nullable String sha256;

    /** Where in the archive RCCL lies, below its single top folder; there itself unless set. */
    private @Nullable String folder;

    TarballSource toSource(Path here) throws StrixhaloException {
        return TarballSource.of(
                from == null ? "" : from.strip(),
                sha256 == null ? "" : sha256,
                folder == null ? "" : folder.strip(),
                here);
    }
}
