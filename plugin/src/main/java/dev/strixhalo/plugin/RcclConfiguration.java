package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.build.BuildOptions;
import dev.strixhalo.rccl.library.Wanted;
import dev.strixhalo.rccl.source.Patches;
import dev.strixhalo.rccl.source.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The element {@code <rccl>}, as Maven fills it. */
public final class RcclConfiguration {
    /** Where the sources come from: {@code <git>}, {@code <tarball>} or {@code <folder>}. */
    private RcclSourceConfiguration source = new RcclSourceConfiguration();

    /** Unified diffs, relative to the pom, applied in this order; one that the sources have already is skipped;
     * for example {@code src/patches/gfx1151.patch}. */
    private @Nullable List<String> patches;

    /** Where the compiler is. */
    private ToolchainConfiguration toolchain = new ToolchainConfiguration();

    /** The GPU; gfx1151 unless set. */
    private String target = Wanted.STRIX_HALO;

    /** Variables of CMake, for example {@code <COLLTRACE>OFF</COLLTRACE>}, or {@code <ONLY_FUNCS>} for a small set. */
    private @Nullable Map<String, String> options;

    /** Whether ccache is used, which must be there; bytes of its first run differ from those of a build without it. */
    private boolean ccache;

    /** Whether sources that do not name the GPU where they have to are refused at once; true unless set. */
    private boolean look = true;

    /** How many files are compiled at once; as many as cores and memory allow unless set. */
    private @Nullable Integer jobs;

    /** Minutes that the compilation may take; 180 unless set. */
    private int buildMinutes = 180;

    /** A library that was built before, as a Maven artifact, instead of {@code source}; for example
     * {@code org.example:rccl:1.0}. */
    private @Nullable String artifact;

    /** A library that was built before, as a file relative to the pom, instead of {@code source}; for
     * example {@code lib/librccl.so.1.0}. */
    private @Nullable String file;

    /** Sees that one way to a library is named. */
    void check() throws StrixhaloException {
        if (Stream.of(artifact, file).filter(Objects::nonNull).count() > 1) {
            throw Problem.of("<rccl> names more than one finished library.")
                    .fix("keep one of <artifact> and <file>")
                    .asException();
        }
        if (buildMinutes < 1) {
            throw Problem.of("<buildMinutes> is %d.".formatted(buildMinutes))
                    .fix("minutes, 1 or more")
                    .asException();
        }
        if (jobs != null && jobs < 1) {
            throw Problem.of("<jobs> is %d.".formatted(jobs))
                    .fix("1 or more, or leave it out")
                    .asException();
        }
    }

    Source source(Path here) throws StrixhaloException {
        return source.toSource(here);
    }

    Patches patches(Path here) {
        return new Patches((patches == null ? List.<String>of() : patches)
                .stream().map(patch -> here.resolve(patch.strip())).toList());
    }

    BuildOptions options() throws StrixhaloException {
        return BuildOptions.of(target.strip(), options == null ? Map.of() : options, ccache, look);
    }

    String target() {
        return target.strip();
    }

    ToolchainConfiguration toolchain() {
        return toolchain;
    }

    @Nullable
    Integer jobs() {
        return jobs;
    }

    Duration timeout() {
        return Duration.ofMinutes(buildMinutes);
    }

    @Nullable
    String artifact() {
        return artifact;
    }

    @Nullable
    Path file(Path here) {
        return file == null ? null : here.resolve(file.strip());
    }
}
