package dev.strixhalo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.StoredImage.Origin;
import dev.strixhalo.store.StoredImage.StoredBlob;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PruneTest {
    private static final Instant START = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir
    Path temp;

    @Test
    void keepsTheLastThreeOfEachNameAndForgetsOlderOnes() throws Exception {
        for (int day = 0; day < 5; day++) build("a", day);
        build("b", 0);

        var pruned = pruneOn(60, PruneRule.DEFAULT);

        assertThat(pruned.images()).extracting(i -> i.made()).containsExactly(day(1), day(0));
        assertThat(imagesOn(60)).extracting(StoredImage::name).containsExactly("a", "a", "a", "b");
    }

    @Test
    void keepsWhateverWasUsedLatelyHoweverManyThereAre() throws Exception {
        for (int day = 0; day < 5; day++) build("a", day);

        assertThat(pruneOn(13, PruneRule.DEFAULT).images()).isEmpty();
        assertThat(imagesOn(13)).hasSize(5);
    }

    @Test
    void dropsCopiesOfTheBaseFirstAndSaysWhatItFreed() throws Exception {
        var image = build("a", 0);
        var own = image.blobs().get(0);
        var base = image.blobs().get(1);

        var pruned = pruneOn(15, PruneRule.DEFAULT);

        assertThat(pruned.images()).isEmpty();
        assertThat(pruned.blobs()).isEqualTo(1);
        assertThat(pruned.freedBytes()).isEqualTo(base.size());
        assertThat(pruned.summary()).startsWith("0 images, 1 blob, 100 kB freed; ");
        try (var store = storeOn(15)) {
            assertThat(store.has(own.digest())).isTrue();
            assertThat(store.has(base.digest())).isFalse();
            assertThat(store.images().get(0).blobs()).containsExactly(own);
        }
    }

    @Test
    void keepsWhatADeployFetchedOfTheBaseThroughTheNextBuildOfTheSameImage() throws Exception {
        StoredBlob own;
        StoredBlob base;
        try (var store = storeOn(0)) {
            own = blob(store, "own", 10, Origin.OWN);
            base = blob(store, "base", 20, Origin.BASE);
            store.record(image("a", 0, own).with(base));
        }
        try (var store = storeOn(30)) {
            // A build knows of its own blobs only.
            store.record(image("a", 0, own).usedAt(day(30)));
        }

        assertThat(pruneOn(31, PruneRule.DEFAULT).blobs()).isZero();
        assertThat(imagesOn(31).get(0).blobs()).containsExactly(own, base);
    }

    @Test
    void keepsForAWhileWhatABrokenDeployFetchedAndNoImageNames() throws Exception {
        try (var store = storeOn(0)) {
            blob(store, "half a base", 100, Origin.BASE);
        }

        assertThat(pruneOn(13, PruneRule.DEFAULT).blobs()).isZero();
        assertThat(pruneOn(15, PruneRule.DEFAULT).blobs()).isEqualTo(1);
    }

    @Test
    void readsTheRuleThatAUserNames() throws Exception {
        assertThat(PruneRule.parse("old")).contains(PruneRule.DEFAULT);
        assertThat(PruneRule.parse(" all ")).contains(PruneRule.EVERYTHING);
        assertThat(PruneRule.parse("none")).isEmpty();
        assertThatThrownBy(() -> PruneRule.parse("yes"))
                .isInstanceOf(StrixhaloException.class)
                .hasMessage("<prune> is 'yes'; it must be old, all or none.");
    }

    @Test
    void keepsABlobThatAnotherImageStillNeeds() throws Exception {
        StoredBlob shared;
        try (var store = storeOn(0)) {
            shared = blob(store, "shared", 10, Origin.OWN);
            store.record(image("old", 0, shared));
        }
        try (var store = storeOn(40)) {
            store.record(image("new", 40, shared));
        }

        assertThat(pruneOn(41, new PruneRule(0, Duration.ofDays(14))).images())
                .extracting(StoredImage::name)
                .containsExactly("old");
        try (var store = storeOn(41)) {
            assertThat(store.has(shared.digest())).isTrue();
        }
    }

    @Test
    void deletesEverythingOnDemandButWhatIsInUse() throws Exception {
        build("a", 0);
        try (var store = storeOn(1)) {
            var asked = store.images().get(0).blobs().get(0);
            assertThat(store.has(asked.digest())).isTrue();
            var fresh = store.put("just made".getBytes(StandardCharsets.UTF_8));

            var pruned = store.prune(PruneRule.EVERYTHING);

            assertThat(pruned.images()).hasSize(1);
            assertThat(store.has(asked.digest())).isTrue();
            assertThat(store.has(fresh)).isTrue();
            assertThat(store.images()).isEmpty();
        }
        pruneOn(2, PruneRule.EVERYTHING);
        try (var files = Files.list(temp.resolve("store/blobs/sha256"))) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void keepsAnImageThatIsUsedAgain() throws Exception {
        build("a", 0);
        try (var store = storeOn(30)) {
            store.use(store.images().get(0));
        }

        assertThat(pruneOn(40, new PruneRule(0, Duration.ofDays(14))).images()).isEmpty();
        assertThat(imagesOn(40).get(0).made()).isEqualTo(day(0));
        assertThat(imagesOn(40).get(0).lastUsed()).isEqualTo(day(30));
    }

    @Test
    void deletesNothingWhenARecordCannotBeRead() throws Exception {
        build("a", 0);
        Path record;
        try (var files = Files.list(temp.resolve("store/images"))) {
            record = files.findFirst().orElseThrow();
        }
        Files.writeString(record, Files.readString(record).replace("\"schema\" : 1", "\"schema\" : 9"));

        assertThatThrownBy(() -> pruneOn(100, PruneRule.EVERYTHING))
                .isInstanceOf(StrixhaloException.class)
                .satisfies(e -> assertThat(
                                ((StrixhaloException) e).problems().get(0).fixes())
                        .anyMatch(l -> l.contains("rm '" + record + "'")));
        try (var files = Files.list(temp.resolve("store/blobs/sha256"))) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void refusesAnImageWhoseBlobsAreNotThere() throws Exception {
        try (var store = storeOn(0)) {
            var missing = new StoredBlob(Digest.of(new byte[] {1}), 1, Origin.OWN);

            assertThatThrownBy(() -> store.record(image("a", 0, missing)))
                    .isInstanceOf(StrixhaloException.class)
                    .hasMessageContaining("does not hold");
            assertThat(store.images()).isEmpty();
        }
    }

    @Test
    void knowsItsSize() throws Exception {
        long before;
        try (var store = storeOn(0)) {
            before = store.totalSize();
            blob(store, "x", 70_000, Origin.OWN);
            assertThat(store.totalSize()).isEqualTo(before + 70_000);
        }
    }

    private StoredImage build(String name, int day) throws Exception {
        try (var store = storeOn(day)) {
            var image = image(
                    name,
                    day,
                    blob(store, name + " own " + day, 50_000, Origin.OWN),
                    blob(store, name + " base " + day, 100_000, Origin.BASE));
            store.record(image);
            return image;
        }
    }

    private static StoredImage image(String name, int day, StoredBlob... blobs) {
        var id = Digest.of((name + day).getBytes(StandardCharsets.UTF_8));
        return new StoredImage(name, id, id, List.of(blobs), day(day), day(day));
    }

    private static StoredBlob blob(ContentStore store, String text, int size, Origin origin) throws Exception {
        var bytes = new byte[size];
        System.arraycopy(text.getBytes(StandardCharsets.UTF_8), 0, bytes, 0, text.length());
        return new StoredBlob(store.put(bytes), size, origin);
    }

    private Pruned pruneOn(int day, PruneRule rule) throws Exception {
        try (var store = storeOn(day)) {
            return store.prune(rule);
        }
    }

    private List<StoredImage> imagesOn(int day) throws Exception {
        try (var store = storeOn(day)) {
            return store.images();
        }
    }

    private ContentStore storeOn(int day) throws StrixhaloException {
        return ContentStore.open(temp.resolve("store"), Clock.fixed(day(day), ZoneOffset.UTC));
    }

    private static Instant day(int day) {
        return START.plus(Duration.ofDays(day));
    }
}
