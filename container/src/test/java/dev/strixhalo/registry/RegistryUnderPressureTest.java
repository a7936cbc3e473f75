package dev.strixhalo.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.registry.RegistryContent.Blob;
import dev.strixhalo.store.ChildJvm;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import dev.strixhalo.store.Fetch;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Large blobs, many clients, slow clients, dead clients, a broken upstream. */
@Timeout(240)
class RegistryUnderPressureTest {
    private static final byte[] SMALL_BYTES = "small".getBytes(StandardCharsets.UTF_8);
    private static final String SMALL = "/v2/x/blobs/" + Digest.of(SMALL_BYTES);
    private static final String ENDLESS = "/v2/x/blobs/sha256:" + "0".repeat(64);

    @TempDir
    Path temp;

    @Test
    void passesTwoGibibytesThroughAHeapOf64Mebibytes() throws Exception {
        assertThat(child(LargeBlob.class, List.of("-Xmx64m"), 200)).contains("passed under");
    }

    @Test
    void sendsClientsAwayThatFallSilentInARequest() throws Exception {
        assertThat(child(SilentClient.class, List.of("-Dsun.net.httpserver.maxReqTime=2"), 100))
                .contains("sent away: 40");
    }

    @Test
    void servesOthersWhileManyClientsTakeNothing() throws Exception {
        try (var bed = RegistryBed.serving(endlessAndSmall(), Duration.ofMinutes(5))) {
            var stalled = new ArrayList<SSLSocket>();
            for (int i = 0; i < 30; i++) stalled.add(askAndTakeNothing(bed, ENDLESS));
            awaitStarted(bed, 30);

            assertThat(bed.get(SMALL).body()).isEqualTo(SMALL_BYTES);
            // None of them was done with while the small one went through.
            assertThat(bed.accesses(1)).hasSize(1);
            for (var socket : stalled) socket.close();
        }
    }

    @Test
    void endsAConnectionWhoseClientTakesNothing() throws Exception {
        try (var bed = RegistryBed.serving(endlessAndSmall(), Duration.ofSeconds(1));
                var stalled = askAndTakeNothing(bed, ENDLESS)) {
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (bed.registry.accesses().isEmpty() && System.nanoTime() < deadline) Thread.sleep(50);

            assertThat(stalled.isConnected()).isTrue();
            assertThat(bed.registry.accesses())
                    .singleElement()
                    .satisfies(a -> assertThat(a.failure()).contains("the client took nothing for 1 s"));
            assertThat(bed.transfers).extracting(Transfer::stage).endsWith(Transfer.Stage.BROKEN);
            // The thread that was interrupted serves on.
            for (int i = 0; i < 5; i++) assertThat(bed.get(SMALL).body()).isEqualTo(SMALL_BYTES);
        }
    }

    @Test
    void bothNodesReadAlongOneDownload() throws Exception {
        var bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        var downloads = new AtomicInteger();
        try (var store = ContentStore.open(temp.resolve("store"));
                var fetch = new Fetch(
                        store,
                        Digest.of(bytes),
                        bytes.length,
                        out -> {
                            downloads.incrementAndGet();
                            out.write(bytes);
                        },
                        Fetch.Keep.IN_STORE);
                var bed = RegistryBed.serving(RegistryContent.of("x").withBlob(fetch))) {
            var path = "/v2/x/blobs/" + Digest.of(bytes);
            var handler = HttpResponse.BodyHandlers.ofByteArray();
            var first = bed.client.sendAsync(bed.as("node1", path).build(), handler);
            var second = bed.client.sendAsync(bed.as("node2", path).build(), handler);
            var rest = bed.client.sendAsync(
                    bed.as("node2", path).header("Range", "bytes=1000000-").build(), handler);

            assertThat(first.get(30, TimeUnit.SECONDS).body()).isEqualTo(bytes);
            assertThat(second.get(30, TimeUnit.SECONDS).body()).isEqualTo(bytes);
            assertThat(rest.get(30, TimeUnit.SECONDS).body())
                    .isEqualTo(Arrays.copyOfRange(bytes, 1_000_000, 3_000_000));
            assertThat(downloads).hasValue(1);
            assertThat(store.has(Digest.of(bytes))).isTrue();
        }
    }

    @Test
    void answersThatUpstreamFailedAndTellsTheOperatorWhy() throws Exception {
        var digest = Digest.ofHex("1".repeat(64));
        try (var store = ContentStore.open(temp.resolve("store"));
                var refused = new Fetch(
                        store,
                        digest,
                        100,
                        out -> {
                            throw new IOException("registry.example says 401");
                        },
                        Fetch.Keep.IN_STORE);
                var bed = RegistryBed.serving(RegistryContent.of("x").withBlob(refused))) {
            assertThat(bed.get("/v2/x/blobs/" + digest).statusCode()).isEqualTo(502);
            bed.registry.close();
            assertThat(bed.registry.accesses())
                    .singleElement()
                    .satisfies(a -> assertThat(a.failure()).contains("registry.example says 401"));
        }
    }

    @Test
    void closingEndsWhatIsUnderWay() throws Exception {
        var bed = RegistryBed.serving(endlessAndSmall());
        try (var socket = askAndTakeNothing(bed, ENDLESS)) {
            awaitStarted(bed, 1);
            bed.close();

            assertThat(bed.registry.accesses())
                    .singleElement()
                    .satisfies(a -> assertThat(a.failure()).isNotNull());
            assertThatThrownBy(() -> new Socket("127.0.0.1", bed.registry.port()).close())
                    .isInstanceOf(ConnectException.class);
        }
    }

    private static RegistryContent endlessAndSmall() {
        return RegistryContent.of("x")
                .withBlob(Digest.ofHex("0".repeat(64)), new Blob(1L << 40, offset -> endless()))
                .withBlob(
                        Digest.of(SMALL_BYTES),
                        new Blob(SMALL_BYTES.length, offset -> new ByteArrayInputStream(SMALL_BYTES)));
    }

    private static void awaitStarted(RegistryBed bed, int count) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (started(bed) < count) {
            assertThat(System.nanoTime())
                    .as("time until %s transfers began", count)
                    .isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private static long started(RegistryBed bed) {
        return bed.transfers.stream()
                .filter(t -> t.stage() == Transfer.Stage.STARTED)
                .count();
    }

    private String child(Class<?> main, List<String> jvmArguments, int seconds) throws Exception {
        var output = temp.resolve("output");
        var child =
                ChildJvm.start(main, jvmArguments, output, temp.resolve("child").toString());
        try {
            assertThat(child.waitFor(seconds, TimeUnit.SECONDS))
                    .as("ended in time")
                    .isTrue();
            assertThat(child.exitValue()).as(Files.readString(output)).isZero();
            return Files.readString(output);
        } finally {
            child.destroyForcibly();
        }
    }

    private static SSLSocket askAndTakeNothing(RegistryBed bed, String path) throws Exception {
        var socket = (SSLSocket) RegistryBed.trusting(bed.registry.certificatePem())
                .getSocketFactory()
                .createSocket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress("127.0.0.1", bed.registry.port()), 10_000);
        socket.setSoTimeout(60_000);
        socket.getOutputStream()
                .write("GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\n\r\n"
                        .formatted(path, bed.basic("node1"))
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static InputStream endless() {
        return new InputStream() {
            @Override
            public int read() {
                return 0;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                return length;
            }
        };
    }
}
