package dev.strixhalo.store;

import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** One pruning of a store, under the {@link StoreLock}: first decides everything, then deletes. */
final class Pruning {
    private final Path store;
    private final Path blobs;
    private final StoredImages images;

    Pruning(Path store, Path blobs, StoredImages images) {
        this.store = store;
        this.blobs = blobs;
        this.images = images;
    }

    /**
     * @param now        by which the rule tells what is old
     * @param inUseSince whatever was put, asked for or used since then stays
     */
    Pruned run(PruneRule rule, Instant now, Instant inUseSince) throws IOException, StrixhaloException {
        var recent = now.minus(rule.usedWithin());
        var kept = new ArrayList<StoredImage>();
        var forgotten = new ArrayList<StoredImage>();
        var seen = new HashMap<String, Integer>();
        for (var image : images.all()) {
            int rank = seen.merge(image.name(), 1, Integer::sum);
            boolean lately =
                    image.lastUsed().isAfter(recent) || !image.lastUsed().isBefore(inUseSince);
            if (lately) kept.add(image);
            else if (rank <= rule.imagesPerName()) kept.add(withoutCopiesOfBase(image));
            else forgotten.add(image);
        }
        var named = new HashSet<String>();
        kept.forEach(i -> i.blobs().forEach(b -> named.add(b.digest().hex())));

        // Records first: blobs without a record are only waste, a record without its blobs would be a lie.
        for (var image : forgotten) images.delete(image);
        for (var image : kept) images.write(image);
        long freed = 0;
        int count = 0;
        for (var file : unnamed(named, recent.isBefore(inUseSince) ? recent : inUseSince)) {
            freed += Files.size(file);
            Files.delete(file);
            count++;
        }
        return new Pruned(forgotten, count, freed, sizeOf(store));
    }

    private static StoredImage withoutCopiesOfBase(StoredImage image) {
        return image.withBlobs(image.blobs().stream()
                .filter(b -> b.origin() == StoredImage.Origin.OWN)
                .toList());
    }

    /** Blobs of no image; young ones may be what a broken deploy fetched and the next one wants. */
    private List<Path> unnamed(Set<String> named, Instant since) throws IOException {
        var files = new ArrayList<Path>();
        try (var all = Files.newDirectoryStream(blobs)) {
            for (var file : all) {
                boolean young = !Files.getLastModifiedTime(file).toInstant().isBefore(since);
                if (!young && !named.contains(file.getFileName().toString())) files.add(file);
            }
        }
        return files;
    }

    /** The bytes of all files below a folder; files that go away meanwhile count as nothing. */
    static long sizeOf(Path folder) throws IOException {
        var sum = new AtomicLong();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sum.addAndGet(attributes.size());
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) return FileVisitResult.CONTINUE;
                throw e;
            }
        });
        return sum.get();
    }
}
