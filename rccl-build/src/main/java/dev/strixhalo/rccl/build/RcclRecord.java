package dev.strixhalo.rccl.build;

import dev.strixhalo.base.Amount;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.rccl.source.Patches;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a library: {@code rccl.json} beside it and in its archive.
 *
 * @param key       of the build: the same key, the same library; null for one that came finished and says nothing of itself
 * @param source    where its sources came from, or the file or artifact that it is
 * @param identity  what the sources are, see {@code Source.Tree}; null as above
 * @param commit    full commit id, or null
 * @param nccl      version that the sources say they are, or null
 * @param patches   in their order
 * @param toolchain where it was compiled, or null
 * @param versions  of the tools there
 * @param options   variables of CMake
 * @param targets   GPUs that it has code for
 * @param hip       major version of the HIP runtime that it wants, or null
 * @param symbols   of RCCL that it exports
 * @param size      in bytes
 * @param sha256    of the library
 * @param measured  of the build, or null
 */
public record RcclRecord(
        @Nullable String key,
        String source,
        @Nullable String identity,
        @Nullable String commit,
        @Nullable String nccl,
        List<Patches.Applied> patches,
        @Nullable String toolchain,
        Map<String, String> versions,
        Map<String, String> options,
        SortedSet<String> targets,
        @Nullable Integer hip,
        SortedSet<String> symbols,
        long size,
        String sha256,
        @Nullable Measured measured) {
    private static final int SCHEMA = 1;

    /** The name in an archive and in the folder of the records. */
    public static final String NAME = "rccl.json";

    /**
     * What a build took.
     *
     * @param seconds    of the clock, from the look at the toolchain to the installed file
     * @param cpuSeconds of all processes of the compiler together
     * @param peakBytes  of the largest process
     * @param jobs       at once
     */
    public record Measured(long seconds, long cpuSeconds, long peakBytes, int jobs) {}

    /** The library in a few words. */
    public String summary() {
        return "%s  sha256:%s…%s"
                .formatted(Amount.bytes(size), sha256.substring(0, 12), nccl == null ? "" : "  NCCL " + nccl);
    }

    /** Where the record lies in a folder. */
    public static RecordFile<RcclRecord> file(Path folder) {
        return new RecordFile<>(folder.resolve(NAME), "strixhalo.rccl", SCHEMA, RcclRecord.class, "build-rccl");
    }
}
