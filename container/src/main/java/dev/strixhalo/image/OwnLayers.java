package dev.strixhalo.image;

import com.google.cloud.tools.jib.tar.TarStreamBuilder;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import dev.strixhalo.store.HashingOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * Makes our layers with Jib's tar stream and puts them into the store.
 *
 * <p>Jib's own way from files to a layer is not taken: it writes every parent directory as 0755 of root, knows neither the
 * sticky bit nor links, and its cache is keyed without the content (a file that changed and kept its time stamp gave the
 * old layer). Its tar stream gets our entries instead, one pass tells the diff ID from the bytes themselves, and only a
 * diff ID that no image of the store has is compressed: what did not change costs one reading of our own files.
 *
 * <p>The tar is the same on every machine. gzip as in Jib: level 6, no time, no name; its bytes depend on the zlib of the
 * JDK, so the digest of a layer is promised for one JDK only and the diff ID, on which the image ID rests, for all.
 */
final class OwnLayers {
    private final ContentStore store;
    private final Map<Digest, Digest> compressed;
    private final Progress progress;

    /**
     * @param compressed diff ID → digest of the layers that the store's images have
     */
    OwnLayers(ContentStore store, Map<Digest, Digest> compressed, Progress progress) {
        this.store = store;
        this.compressed = Map.copyOf(compressed);
        this.progress = progress;
    }

    /**
     * Makes a layer, or finds it.
     *
     * @throws StrixhaloException when a file cannot be read or changes while it is read, or the store cannot be written
     */
    OwnLayer make(String purpose, List<LayerItem> items) throws StrixhaloException {
        var hash = new HashingOutputStream(OutputStream.nullOutputStream());
        write(purpose, items, hash);
        var diffId = hash.digest();
        long unpacked = hash.count();
        int files = (int) items.stream()
                .filter(item -> !(item instanceof LayerItem.Directory))
                .count();
        var known = compressed.get(diffId);
        if (known != null && store.has(known)) {
            return new OwnLayer(purpose, known, diffId, store.size(known), unpacked, files, false);
        }
        var digest = compress(purpose, items, diffId, unpacked);
        return new OwnLayer(purpose, digest, diffId, store.size(digest), unpacked, files, true);
    }

    private Digest compress(String purpose, List<LayerItem> items, Digest diffId, long total)
            throws StrixhaloException {
        try (var step = progress.begin("layer")) {
            Pipe.Writer gzip = out -> {
                var zipped = new GZIPOutputStream(out, 64 * 1024);
                var tar = new HashingOutputStream(new Counting(zipped, done -> step.bytes(purpose, done, total)));
                write(purpose, items, tar);
                zipped.finish();
                if (!tar.digest().equals(diffId)) throw changed(purpose, null);
            };
            try (var pipe = Pipe.of("layer " + purpose, gzip)) {
                return store.put(pipe.in(), null, -1);
            } catch (IOException e) {
                throw Pipe.failure(e, () -> unreadable(purpose, e));
            }
        }
    }

    private static void write(String purpose, List<LayerItem> items, OutputStream to) throws StrixhaloException {
        var tar = new TarStreamBuilder();
        for (var item : items) tar.addTarArchiveEntry(LayerEntry.of(item));
        try {
            tar.writeAsTarArchiveTo(to);
        } catch (IOException e) {
            // The tar stream's words for a file that grew or shrank after it was looked at.
            var message = UpstreamFailure.rootMessage(e);
            if (message.contains("exceeds size") || message.contains("before the '")) throw changed(purpose, e);
            throw unreadable(purpose, e);
        }
    }

    private static StrixhaloException changed(String purpose, @org.jspecify.annotations.Nullable IOException cause) {
        var problem = Problem.of("A file of the layer '%s' changed while it was read.".formatted(purpose))
                .fix("run the goal again when nothing writes there any more");
        return cause == null
                ? problem.asException()
                : problem.found(UpstreamFailure.rootMessage(cause)).asException(cause);
    }

    private static StrixhaloException unreadable(String purpose, IOException cause) {
        return Problem.of("The layer '%s' cannot be made.".formatted(purpose))
                .found(UpstreamFailure.rootMessage(cause))
                .fix("make all its files readable, and room in the folder of the store")
                .asException(cause);
    }
}
