package dev.strixhalo.store;

import dev.strixhalo.store.StoredImage.Origin;
import dev.strixhalo.store.StoredImage.StoredBlob;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A build that uses a store as hard as it can: puts blobs, records images, prunes whatever is not in use, and checks that
 * what it put is still there. Arguments: folder, number of images, seed; prints {@code ready} once it is under way.
 */
final class BusyBuild {
    private BusyBuild() {}

    public static void main(String[] arguments) throws Exception {
        int images = Integer.parseInt(arguments[1]);
        var random = new Random(Long.parseLong(arguments[2]));
        try (var store = ContentStore.open(Path.of(arguments[0]))) {
            for (int i = 0; i < images; i++) {
                // Blobs come from a small set, so that two builds put, use and prune the same ones.
                var first = bytes(random.nextInt(20));
                var second = bytes(random.nextInt(20));
                var one = store.put(new ByteArrayInputStream(first), null, -1);
                var two = store.put(second);
                var now = Instant.now();
                store.record(new StoredImage(
                        "name" + random.nextInt(3),
                        one,
                        two,
                        List.of(
                                new StoredBlob(one, first.length, Origin.OWN),
                                new StoredBlob(two, second.length, Origin.BASE)),
                        now,
                        now));
                if (i == 1) System.out.println("ready");
                if (i % 3 == 0) store.prune(PruneRule.EVERYTHING);
                if (!Arrays.equals(store.bytes(one), first) || !Arrays.equals(store.bytes(two), second)) {
                    throw new AssertionError("a blob in use changed");
                }
            }
        }
        System.out.println("done");
    }

    private static byte[] bytes(int seed) {
        var bytes = new byte[1 + seed * 40_000];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
