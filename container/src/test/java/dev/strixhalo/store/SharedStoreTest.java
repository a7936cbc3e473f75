package dev.strixhalo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes at one store, and processes that die there. */
@Timeout(480)
class SharedStoreTest {
    @TempDir
    Path temp;

    private final List<Process> children = new ArrayList<>();

    @AfterEach
    void endChildren() throws Exception {
        for (var child : children) child.destroyForcibly().waitFor();
    }

    @Test
    void twoBuildsAtOnceLoseNothingThoughEachPrunesAllThatItCan() throws Exception {
        var first = start(30, 1);
        var second = start(30, 2);

        assertThat(first.waitFor(180, TimeUnit.SECONDS)).isTrue();
        assertThat(second.waitFor(180, TimeUnit.SECONDS)).isTrue();
        assertThat(first.exitValue()).as(Files.readString(output(1))).isZero();
        assertThat(second.exitValue()).as(Files.readString(output(2))).isZero();
        assertStoreIsGood();
    }

    @Test
    void aKillAtAnyMomentLeavesAGoodStoreAndTheNextOneSweeps() throws Exception {
        var random = new Random(20261123);
        int leftovers = 0;
        for (int round = 0; round < 6; round++) {
            var builds = List.of(start(1_000_000, 10 + round), start(1_000_000, 30 + round));
            for (int build = 0; build < 2; build++) awaitReady(output(10 + 20 * build + round), builds.get(build));
            Thread.sleep(random.nextInt(200));
            builds.forEach(Process::destroyForcibly);
            for (var build : builds) assertThat(build.waitFor()).isEqualTo(128 + 9); // else it had ended before

            leftovers += users();
            assertStoreIsGood();
        }
        // The one who dies last of two leaves something for sure; it may have swept what the other left.
        assertThat(leftovers).isBetween(6, 12);
    }

    @Test
    void sweepsOnlyWhatIsDead() throws Exception {
        try (var living = ContentStore.open(store())) {
            var partial = living.newPartial();
            partial.write(new byte[] {1, 2, 3}, 0, 3);
            try (var other = ContentStore.open(store())) {
                other.prune(PruneRule.EVERYTHING);
                assertThat(partial.file()).exists();
                assertThat(users()).isEqualTo(2);
            }
            var digest = living.commit(partial, null, 3);
            assertThat(living.bytes(digest)).containsExactly(1, 2, 3);
        }
        assertThat(users()).isZero();
    }

    @Test
    void saysSoWhenAnotherProcessHoldsTheLockForTooLong() throws Exception {
        ContentStore.open(store()).close();
        try (var channel = FileChannel.open(store().resolve("lock"), StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(() -> ContentStore.open(store(), Clock.systemUTC(), Duration.ofMillis(200)))
                    .isInstanceOf(StrixhaloException.class)
                    .hasMessageContaining("Another build")
                    .satisfies(e -> assertThat(
                                    ((StrixhaloException) e).problems().get(0).fixes())
                            .anyMatch(l -> l.startsWith("see who it is: fuser")));
        }
    }

    private void assertStoreIsGood() throws Exception {
        try (var store = ContentStore.open(store())) {
            assertThat(users()).isEqualTo(1);
            var blobs = new ArrayList<Path>();
            try (var files = Files.newDirectoryStream(store().resolve("blobs/sha256"))) {
                files.forEach(blobs::add);
            }
            assertThat(blobs).isNotEmpty();
            for (var blob : blobs) {
                assertThat(Digest.of(Files.readAllBytes(blob)).hex())
                        .isEqualTo(blob.getFileName().toString());
            }
            assertThat(store.images()).isNotEmpty();
            for (var image : store.images()) {
                for (var blob : image.blobs())
                    assertThat(store.size(blob.digest())).isEqualTo(blob.size());
            }
        }
    }

    private Process start(int images, int seed) throws Exception {
        var child = ChildJvm.start(
                BusyBuild.class,
                List.of("-Xmx64m", "-XX:TieredStopAtLevel=1"),
                output(seed),
                store().toString(),
                Integer.toString(images),
                Integer.toString(seed));
        children.add(child);
        return child;
    }

    private static void awaitReady(Path output, Process build) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(120).toNanos();
        while (!Files.exists(output) || !Files.readString(output).contains("ready")) {
            assertThat(build.isAlive())
                    .as(Files.exists(output) ? Files.readString(output) : "silent")
                    .isTrue();
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private int users() throws IOException {
        try (var folders = Files.list(store().resolve("users"))) {
            return (int) folders.count();
        }
    }

    private Path store() {
        return temp.resolve("store");
    }

    private Path output(int seed) {
        return temp.resolve("output-" + seed);
    }
}
