package dev.strixhalo.plugin;

import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.librccl.BaseFacts;
import dev.strixhalo.librccl.BaseProbe;
import dev.strixhalo.librccl.RcclChoice;
import dev.strixhalo.rccl.build.RcclPackage;
import dev.strixhalo.rccl.build.RcclRecord;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds out for build-image which librccl goes into the image: asks who has the base, and decides. */
final class RcclSelection {
    private final Path records;
    private final String target;
    private final BaseProbe probe;
    private final Progress progress;

    /**
     * @param records where build-rccl left its library
     * @param cache   where facts on bases are kept
     */
    RcclSelection(Path records, Path cache, String target, Progress progress) {
        this.records = records;
        this.target = target;
        this.probe = new BaseProbe(cache, target, progress);
        this.progress = progress;
    }

    /**
     * Decides.
     *
     * @param paths   what the user says is to be replaced, for bases that nobody can look into
     * @param cluster whose nodes may have the base, or null without one
     */
    RcclChoice choose(
            RcclChoice.Mode mode,
            String base,
            String imageId,
            List<String> paths,
            @Nullable Cluster cluster,
            RemoteSettings settings)
            throws StrixhaloException {
        var facts = facts(imageId, cluster, settings);
        RcclChoice choice;
        if (facts.isPresent()) choice = RcclChoice.of(mode, facts.get(), ours(), target);
        else if (paths.isEmpty()) throw BaseProbe.nowhere(base);
        else choice = RcclChoice.at(paths, ours(), target);
        progress.line("rccl", choice.summary());
        return choice;
    }

    private Optional<BaseFacts> facts(String imageId, @Nullable Cluster cluster, RemoteSettings settings)
            throws StrixhaloException {
        var facts = probe.known(imageId);
        if (facts.isEmpty() && cluster != null) {
            try (var nodes = Nodes.reach(cluster, settings)) {
                facts = probe.look(nodes.all(), imageId);
            } catch (StrixhaloException e) {
                // This machine may have the base; if it has not, the error names the nodes as well.
                progress.warn("no node could be asked what the base has: " + e.getMessage());
            }
        }
        if (facts.isEmpty()) {
            try (var nodes = Nodes.here(settings)) {
                facts = probe.look(nodes.all(), imageId);
            }
        }
        return facts;
    }

    private Optional<RcclPackage> ours() {
        var folder = records.resolve(RcclResult.FOLDER);
        return Files.isRegularFile(folder.resolve(RcclRecord.NAME))
                ? Optional.of(new RcclPackage(folder))
                : Optional.empty();
    }
}
