package dev.strixhalo.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class FetchTest {
    @TempDir
    Path temp;

    private final byte[] blob = random(1_000_003);
    private final Digest digest = Digest.of(blob);
    private final AtomicInteger downloads = new AtomicInteger();
    private ContentStore store;

    @BeforeEach
    void open() throws Exception {
        store = ContentStore.open(temp.resolve("store"));
    }

    @AfterEach
    void close() throws Exception {
        store.close();
    }

    @ParameterizedTest
    @EnumSource(Fetch.Keep.class)
    void givesAllBytesToManyReadersOfOneDownload(Fetch.Keep keep) throws Exception {
        var threads = Executors.newCachedThreadPool();
        try (var fetch = fetch(slowly(), keep)) {
            assertThat(fetch.started()).isFalse();
            var readers = new ArrayList<Future<byte[]>>();
            for (int i = 0; i < 20; i++) {
                long offset = i % 4 == 3 ? 400_000 : 0;
                readers.add(threads.submit(() -> readFrom(fetch, offset)));
                if (i == 10) Thread.sleep(100);
            }
            for (int i = 0; i < readers.size(); i++) {
                assertThat(readers.get(i).get(30, TimeUnit.SECONDS))
                        .isEqualTo(i % 4 == 3 ? Arrays.copyOfRange(blob, 400_000, blob.length) : blob);
            }
            assertThat(readFrom(fetch, 1_000_000)).isEqualTo(Arrays.copyOfRange(blob, 1_000_000, 1_000_003));
            assertThat(downloads).hasValue(1);
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.has(digest)).isEqualTo(keep == Fetch.Keep.IN_STORE);
        assertThat(partials()).isZero();
    }

    @Test
    void asksUpstreamForNothingThatTheStoreHolds() throws Exception {
        store.put(blob);
        try (var fetch = fetch(slowly(), Fetch.Keep.WHILE_OPEN)) {
            assertThat(readFrom(fetch, 0)).isEqualTo(blob);
            assertThat(readFrom(fetch, 5)).hasSize(blob.length - 5);
        }
        assertThat(downloads).hasValue(0);
        assertThat(store.has(digest)).isTrue();
    }

    @Test
    void tellsAFailureToAllReadersAndBeginsAnewForTheNext() throws Exception {
        var allRead = new CountDownLatch(3);
        var threads = Executors.newCachedThreadPool();
        Fetch.Upstream breaksOnce = out -> {
            if (downloads.incrementAndGet() == 1) {
                out.write(blob, 0, 500_000);
                await(allRead);
                throw new IOException("connection reset by registry.example");
            }
            out.write(blob);
        };
        try (var fetch = fetch(breaksOnce, Fetch.Keep.IN_STORE)) {
            var readers = new ArrayList<Future<byte[]>>();
            for (int i = 0; i < 3; i++) {
                readers.add(threads.submit(() -> {
                    try (var in = fetch.open(0)) {
                        in.readNBytes(500_000);
                        allRead.countDown();
                        return in.readAllBytes();
                    }
                }));
            }
            for (var reader : readers) {
                assertThatThrownBy(() -> reader.get(30, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .hasMessageContaining("connection reset by registry.example");
            }
            assertThat(fetch.lastFailure()).isPresent();
            assertThat(store.has(digest)).isFalse();
            assertThat(readFrom(fetch, 0)).isEqualTo(blob);
            assertThat(downloads).hasValue(2);
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource(Fetch.Keep.class)
    void givesWrongBytesToNobodyAsAWhole(Fetch.Keep keep) throws Exception {
        var wrong = blob.clone();
        wrong[17] ^= 1;
        try (var fetch = fetch(out -> out.write(wrong), keep);
                var in = fetch.open(0)) {
            assertThatThrownBy(() -> in.readNBytes(blob.length))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not what it should be");
        }
        assertThat(store.has(digest)).isFalse();
        assertThat(partials()).isZero();
    }

    @Test
    void refusesTooManyAndTooFewBytes() throws Exception {
        Fetch.Upstream tooMany = out -> {
            out.write(blob);
            out.write(1);
        };
        try (var fetch = fetch(tooMany, Fetch.Keep.IN_STORE)) {
            assertThatThrownBy(() -> readFrom(fetch, 0)).hasMessageContaining("more than the 1000003 bytes");
        }
        try (var fetch = fetch(out -> out.write(blob, 0, 10), Fetch.Keep.IN_STORE)) {
            assertThatThrownBy(() -> readFrom(fetch, 0)).isInstanceOf(IOException.class);
        }
        assertThat(store.has(digest)).isFalse();
    }

    @Test
    void givesUpOnAnUpstreamThatFallsSilent() throws Exception {
        var never = new CountDownLatch(1);
        Fetch.Upstream silent = out -> {
            out.write(blob, 0, 10);
            await(never);
        };
        try (var fetch = new Fetch(store, digest, blob.length, silent, Fetch.Keep.IN_STORE, Duration.ofMillis(300));
                var in = fetch.open(0)) {
            assertThat(in.readNBytes(10)).hasSize(10);
            assertThatThrownBy(in::read).hasMessageContaining("nothing came from upstream for 0.3 s");
            assertThat(fetch.lastFailure()).isPresent();
        }
        assertThat(partials()).isZero();
    }

    @Test
    void endsTheDownloadAndItsReadersWhenItIsClosed() throws Exception {
        var never = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        Fetch.Upstream endless = out -> {
            out.write(blob, 0, 10);
            try {
                never.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw new IOException(e);
            }
        };
        var fetch = fetch(endless, Fetch.Keep.WHILE_OPEN);
        try (var in = fetch.open(0)) {
            assertThat(in.readNBytes(10)).hasSize(10);
            fetch.close();
            assertThatThrownBy(in::read).hasMessageContaining("was closed");
        }
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> fetch.open(0)).hasMessageContaining("closed");
        assertThat(partials()).isZero();
    }

    @Test
    void passesTheEmptyBlobOn() throws Exception {
        var empty = new Fetch(store, Digest.of(new byte[0]), 0, out -> {}, Fetch.Keep.IN_STORE);
        try (empty) {
            assertThat(readFrom(empty, 0)).isEmpty();
        }
    }

    private Fetch fetch(Fetch.Upstream upstream, Fetch.Keep keep) {
        return new Fetch(store, digest, blob.length, upstream, keep);
    }

    /** An upstream that takes about half a second. */
    private Fetch.Upstream slowly() {
        return (OutputStream out) -> {
            downloads.incrementAndGet();
            for (int at = 0; at < blob.length; at += 50_000) {
                out.write(blob, at, Math.min(50_000, blob.length - at));
                await(new CountDownLatch(1), 20);
            }
        };
    }

    private static void await(CountDownLatch latch) throws IOException {
        await(latch, 30_000);
    }

    private static void await(CountDownLatch latch, int millis) throws IOException {
        try {
            boolean inTime = latch.await(millis, TimeUnit.MILLISECONDS);
            assertThat(inTime || millis < 1000).isTrue();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private static byte[] readFrom(Fetch fetch, long offset) throws IOException {
        try (InputStream in = fetch.open(offset)) {
            return in.readAllBytes();
        }
    }

    private long partials() throws IOException {
        try (var files = Files.walk(store.folder().resolve("users"))) {
            return files.filter(f -> f.getFileName().toString().startsWith("partial"))
                    .count();
        }
    }

    private static byte[] random(int size) {
        var bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
