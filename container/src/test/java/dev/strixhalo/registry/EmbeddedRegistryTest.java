package dev.strixhalo.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.registry.RegistryContent.Manifest;
import dev.strixhalo.store.ContentStore;
import dev.strixhalo.store.Digest;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EmbeddedRegistryTest {
    private static final String TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final String REPOSITORY = "/v2/strixhalo/vllm";
    private static final byte[] MANIFEST = "{\"schemaVersion\":2}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path temp;

    private final byte[] layer = random(300_000);
    private final Digest layerDigest = Digest.of(layer);
    private final Digest manifestDigest = Digest.of(MANIFEST);
    private ContentStore store;
    private Digest foreign;
    private RegistryBed bed;

    @BeforeEach
    void start() throws Exception {
        store = ContentStore.open(temp.resolve("store"));
        store.put(layer);
        foreign = store.put("of another image".getBytes(StandardCharsets.UTF_8));
        var empty = store.put(new byte[0]);
        bed = RegistryBed.serving(RegistryContent.of("strixhalo/vllm")
                .with(new Manifest(TYPE, MANIFEST))
                .withTag("latest", manifestDigest)
                .withBlob(store, layerDigest)
                .withBlob(store, empty));
    }

    @AfterEach
    void stop() throws Exception {
        bed.close();
        store.close();
    }

    @Test
    void saysThatItIsARegistry() throws Exception {
        var answer = bed.get("/v2/");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Docker-Distribution-API-Version"))
                .contains("registry/2.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "DIGEST"})
    void givesTheManifestByTagAndByDigest(String reference) throws Exception {
        var path = REPOSITORY + "/manifests/" + reference.replace("DIGEST", manifestDigest.value());

        var answer = bed.get(path, "Accept", "application/vnd.docker.distribution.manifest.v2+json, " + TYPE);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(MANIFEST);
        assertThat(answer.headers().firstValue("Content-Type")).contains(TYPE);
        assertThat(answer.headers().firstValue("Docker-Content-Digest")).contains(manifestDigest.value());

        var head = bed.head(path);
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Content-Length")).contains(Integer.toString(MANIFEST.length));
        assertThat(head.headers().firstValue("Docker-Content-Digest")).contains(manifestDigest.value());
        assertThat(head.headers().firstValue("Content-Type")).contains(TYPE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/vnd.docker.distribution.manifest.v2+json|404",
                "*/*|200",
                "application/*|200",
                "text/plain, application/vnd.oci.image.manifest.v1+json;q=0.5|200",
                "application/vnd.oci.image.manifest.v1+json;q=0|404",
            })
    void honoursWhatTheClientAccepts(String accept, int status) throws Exception {
        assertThat(bed.get(REPOSITORY + "/manifests/latest", "Accept", accept).statusCode())
                .isEqualTo(status);
    }

    @Test
    void givesBlobs() throws Exception {
        var answer = bed.get(blob(layerDigest));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(layer);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/octet-stream");
        assertThat(answer.headers().firstValue("ETag")).contains('"' + layerDigest.value() + '"');
        assertThat(answer.headers().firstValue("Docker-Content-Digest")).contains(layerDigest.value());
        assertThat(answer.headers().firstValue("Accept-Ranges")).contains("bytes");

        var head = bed.head(blob(layerDigest));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).contains("300000");
        assertThat(head.body()).isEmpty();

        var empty = bed.get(blob(Digest.of(new byte[0])));
        assertThat(empty.statusCode()).isEqualTo(200);
        assertThat(empty.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=100-199, 100, 200",
        "bytes=299999-, 299999, 300000",
        "bytes=150000-, 150000, 300000",
        "bytes=200000-9999999, 200000, 300000",
        "bytes=-5, 299995, 300000",
        "bytes=-9999999, 0, 300000",
    })
    void givesAPartOfABlob(String range, int from, int to) throws Exception {
        var answer = bed.get(blob(layerDigest), "Range", range);

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(layer, from, to));
        assertThat(answer.headers().firstValue("Content-Range")).contains("bytes %d-%d/300000".formatted(from, to - 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=300000-", "bytes=300000-300001", "bytes=-0"})
    void refusesAPartThatLiesOutside(String range) throws Exception {
        var answer = bed.get(blob(layerDigest), "Range", range);

        assertThat(answer.statusCode()).isEqualTo(416);
        assertThat(answer.headers().firstValue("Content-Range")).contains("bytes */300000");
        assertThat(text(answer)).contains("\"code\":\"SIZE_INVALID\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=5-1", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "nonsense"})
    void givesTheWholeWhenTheRangeMakesNoSense(String range) throws Exception {
        var answer = bed.get(blob(layerDigest), "Range", range);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(layer);
    }

    @Test
    void givesAPartOnlyOfTheContentThatTheClientHas() throws Exception {
        var tag = '"' + layerDigest.value() + '"';

        assertThat(bed.get(blob(layerDigest), "Range", "bytes=1-2", "If-Range", tag)
                        .statusCode())
                .isEqualTo(206);
        assertThat(bed.get(blob(layerDigest), "Range", "bytes=1-2", "If-Range", "\"other\"")
                        .statusCode())
                .isEqualTo(200);
        var known = bed.get(blob(layerDigest), "If-None-Match", "\"x\", " + tag);
        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
    }

    @Test
    void refusesEverybodyWithoutTheCredentialOfTheRun() throws Exception {
        var right = bed.credentials.password("node1").reveal();
        for (var header : List.of(
                "Basic",
                "Basic ***",
                "Bearer " + right,
                RegistryBed.basic("node1", "wrong"),
                RegistryBed.basic("node2", right),
                RegistryBed.basic("", ""))) {
            for (var path : List.of("/v2/", blob(layerDigest), REPOSITORY + "/manifests/latest", "/")) {
                var answer = bed.send(bed.anonymous(path).header("Authorization", header));
                assertThat(answer.statusCode()).as(header + " " + path).isEqualTo(401);
                assertThat(answer.headers().firstValue("WWW-Authenticate"))
                        .hasValueSatisfying(v -> assertThat(v).startsWith("Basic realm="));
                assertThat(text(answer)).contains("\"code\":\"UNAUTHORIZED\"");
            }
        }
        assertThat(bed.send(bed.anonymous("/v2/")).statusCode()).isEqualTo(401);
        assertThat(bed.accesses(25))
                .allSatisfy(a -> assertThat(a.user()).isEqualTo("-"))
                .hasSize(25);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "POST", "PATCH", "DELETE"})
    void refusesToBeWrittenTo(String method) throws Exception {
        for (var path : List.of(REPOSITORY + "/blobs/uploads/", REPOSITORY + "/manifests/latest", blob(layerDigest))) {
            var answer = bed.send(
                    bed.as("node1", path).method(method, HttpRequest.BodyPublishers.ofByteArray(new byte[200_000])));
            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(answer.headers().firstValue("Allow")).contains("GET, HEAD");
            assertThat(text(answer)).contains("\"code\":\"UNSUPPORTED\"");
        }
    }

    @Test
    void servesNothingButTheImageOfItsRun() throws Exception {
        assertThat(store.has(foreign)).isTrue();
        assertError(blob(foreign), 404, "BLOB_UNKNOWN");
        assertError(blob(Digest.of(random(7))), 404, "BLOB_UNKNOWN");
        assertError(REPOSITORY + "/blobs/" + manifestDigest, 404, "BLOB_UNKNOWN");
        assertError(REPOSITORY + "/blobs/sha256:xyz", 400, "DIGEST_INVALID");
        assertError(REPOSITORY + "/blobs/..%2f..%2fstore.json", 404, "UNSUPPORTED");
        assertError(REPOSITORY + "/manifests/other", 404, "MANIFEST_UNKNOWN");
        assertError(REPOSITORY + "/manifests/" + layerDigest, 404, "MANIFEST_UNKNOWN");
        assertError(REPOSITORY + "/manifests/.INVALID", 404, "MANIFEST_UNKNOWN");
        assertError("/v2/other/name/manifests/latest", 404, "NAME_UNKNOWN");
        assertError("/v2/other/name/blobs/" + layerDigest, 404, "NAME_UNKNOWN");
        assertError("/v2/_catalog", 404, "UNSUPPORTED");
        assertError(REPOSITORY + "/tags/list", 404, "UNSUPPORTED");
        assertError("/", 404, "UNSUPPORTED");
    }

    @Test
    void tellsWhoTookWhat() throws Exception {
        bed.get(blob(layerDigest));
        bed.send(bed.as("node2", blob(layerDigest)).header("Range", "bytes=299990-"));
        bed.get(blob(foreign));

        assertThat(bed.accesses(3))
                .extracting(Access::user, Access::method, Access::path, Access::status, Access::bytes)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("node1", "GET", blob(layerDigest), 200, 300_000L),
                        org.assertj.core.groups.Tuple.tuple("node2", "GET", blob(layerDigest), 206, 10L),
                        org.assertj.core.groups.Tuple.tuple(
                                "node1", "GET", blob(foreign), 404, (long) RegistryError.BLOB_UNKNOWN.json().length));
        assertThat(bed.transfers)
                .contains(
                        new Transfer("node1", layerDigest, 0, 300_000, Transfer.Stage.STARTED),
                        new Transfer("node1", layerDigest, 300_000, 300_000, Transfer.Stage.FINISHED),
                        new Transfer("node2", layerDigest, 299_990, 300_000, Transfer.Stage.STARTED),
                        new Transfer("node2", layerDigest, 300_000, 300_000, Transfer.Stage.FINISHED));
    }

    @Test
    void breaksOffWhenABlobOfTheStoreIsDamaged() throws Exception {
        var rotten = layer.clone();
        rotten[5] ^= 1;
        java.nio.file.Files.write(store.path(layerDigest), rotten);

        assertThatThrownBy(() -> bed.get(blob(layerDigest))).isInstanceOf(IOException.class);

        assertThat(bed.accesses(1))
                .singleElement()
                .satisfies(a -> assertThat(a.failure()).contains("damaged"))
                .satisfies(a -> assertThat(a.bytes()).isLessThan(300_000));
        assertThat(bed.transfers).extracting(Transfer::stage).endsWith(Transfer.Stage.BROKEN);
        // Gone from the store: the next one gets an answer that says so.
        var answer = bed.get(blob(layerDigest));
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(text(answer)).contains("\"code\":\"UNKNOWN\"");
    }

    @Test
    void isTrustedThroughItsOwnCertificateOnly() throws Exception {
        var stranger = java.net.http.HttpClient.newHttpClient();

        assertThatThrownBy(() -> stranger.send(bed.as("node1", "/v2/").build(), HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(javax.net.ssl.SSLHandshakeException.class);
    }

    @Test
    void tellsTheServerOfTheJdkNotToWaitForAcknowledgements() {
        // Without it each request costs 43 ms; how long requests take is a matter for the benchmark, not for a test.
        assertThat(System.getProperty("sun.net.httpserver.nodelay")).isEqualTo("true");
    }

    private void assertError(String path, int status, String code) throws Exception {
        var answer = bed.get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(status);
        assertThat(text(answer))
                .as(path)
                .startsWith("{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"")
                .endsWith("\"}]}\n");
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    }

    private static String blob(Digest digest) {
        return REPOSITORY + "/blobs/" + digest;
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private static byte[] random(int size) {
        var bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }
}
