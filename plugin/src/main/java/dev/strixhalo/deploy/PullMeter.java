package dev.strixhalo.deploy;

import dev.strixhalo.base.Progress;
import dev.strixhalo.registry.RegistryListener;
import dev.strixhalo.registry.Transfer;
import dev.strixhalo.store.Digest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Adds up, node by node, what the registry of a run has sent, and shows it. */
final class PullMeter implements RegistryListener {
    private final Map<String, Map<Digest, Long>> done = new ConcurrentHashMap<>();
    private volatile @Nullable Shown shown;

    private record Shown(Progress.Step step, long total) {}

    /** From now on shown on this step, out of so many bytes. */
    void shows(Progress.Step step, long total) {
        done.clear();
        shown = new Shown(step, total);
    }

    @Override
    public void moved(Transfer transfer) {
        var blobs = done.computeIfAbsent(transfer.user(), user -> new ConcurrentHashMap<>());
        blobs.put(transfer.digest(), transfer.done());
        var now = shown;
        if (now == null) return;
        long sum = blobs.values().stream().mapToLong(Long::longValue).sum();
        now.step.bytes(transfer.user(), Math.min(sum, now.total), now.total);
    }
}
