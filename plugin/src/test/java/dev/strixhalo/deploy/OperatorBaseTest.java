package dev.strixhalo.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.Digest;
import dev.strixhalo.store.StoredImage;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bytes that really go through this side: the registry of a run over TLS, with what a node was given on standard input. */
@Timeout(60)
class OperatorBaseTest {
    @TempDir
    Path temp;

    private StandInCluster cluster;

    private final List<String> manifests = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void make() throws Exception {
        cluster = new StandInCluster(temp, true);
        cluster.one.puller = this::pull;
        cluster.two.puller = this::pull;
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    @Test
    void handsTheBaseOfAnArchiveAndOurLayersToEveryNode() throws Exception {
        cluster.deploy();

        // Each node: the base, then the image.
        assertThat(manifests)
                .hasSize(4)
                .filteredOn(cluster.built.deployManifest().value()::equals)
                .hasSize(2);
        assertThat(cluster.one.asked).doesNotContain("pulling from where the image comes from");
        assertThat(cluster.screen)
                .anyMatch(line -> line.startsWith("base ") && line.contains("through here"))
                .anyMatch(line -> line.startsWith("image node1 1 layer, "));
        assertThat(cluster.store.has(cluster.baseLayer)).isFalse();
    }

    @Test
    void keepsTheBaseInTheStoreOnDemandAndNotesThatItBelongsToTheImage() throws Exception {
        cluster.keepBase = true;

        cluster.deploy();

        assertThat(cluster.store.has(cluster.baseLayer)).isTrue();
        assertThat(cluster.store.images().get(0).blobs())
                .filteredOn(blob -> blob.origin() == StoredImage.Origin.BASE)
                .extracting(StoredImage.StoredBlob::digest)
                .containsExactly(cluster.baseLayer);
    }

    @Test
    void nothingTravelsThatIsThere() throws Exception {
        cluster.one.images.put("sha256:some-other-way", List.of(cluster.baseLayer.value()));
        cluster.two.images.put("sha256:some-other-way", List.of(cluster.baseLayer.value()));

        cluster.deploy();

        assertThat(manifests)
                .hasSize(2)
                .containsOnly(cluster.built.deployManifest().value());
    }

    @Test
    void saysThatTheBaseFailedAndNotOnlyThatANodeCouldNotPull() throws Exception {
        // The archive is cut off after it was opened: only its layer is missing.
        try (var file = FileChannel.open(temp.resolve("base.tar"), StandardOpenOption.WRITE)) {
            file.truncate(2 * 512);
        }

        var failure = catchThrowableOfType(StrixhaloException.class, cluster::deploy);

        assertThat(failure.problems().get(0).fixes()).isNotEmpty();
        assertThat(failure.state()).startsWith("nothing was switched on node1 or node2");
        assertThat(cluster.one.running()).isEmpty();
    }

    /** Does what podman does: manifest, configuration, layers; every digest is checked. */
    private void pull(String stdin, List<String> parameters) throws Exception {
        int end = stdin.indexOf('\n');
        var port = parameters.get(0);
        var auth = RecordFile.json()
                .readTree(stdin.substring(0, end))
                .path("auths")
                .path("127.0.0.1:" + port)
                .path("auth")
                .asText();
        var client = HttpClient.newBuilder()
                .sslContext(trusting(stdin.substring(end + 1)))
                .build();
        var repository = "https://127.0.0.1:" + port + "/v2/" + parameters.get(1);
        var manifest = get(client, repository + "/manifests/" + parameters.get(2), auth);
        assertThat(Digest.of(manifest).value()).isEqualTo(parameters.get(2));
        var tree = RecordFile.json().readTree(manifest);
        for (var blob : tree.findValuesAsText("digest")) {
            // The base is there by then.
            if (parameters.get(3).equals(cluster.built.imageId().value()) && blob.equals(cluster.baseLayer.value())) {
                continue;
            }
            assertThat(Digest.of(get(client, repository + "/blobs/" + blob, auth))
                            .value())
                    .isEqualTo(blob);
        }
        assertThat(tree.path("config").path("digest").asText()).isEqualTo(parameters.get(3));
        manifests.add(parameters.get(2));
    }

    private static byte[] get(HttpClient client, String uri, String auth) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(uri))
                .header("Authorization", "Basic " + auth)
                .build();
        var answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private static SSLContext trusting(String pem) throws Exception {
        var certificate = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("run", certificate);
        var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
