package dev.strixhalo.it.bed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpstreamRegistryTest {
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";

    @TempDir
    Path folder;

    @BeforeEach
    void installed() throws Exception {
        for (var program : List.of("docker-registry", "skopeo", "openssl", "htpasswd")) {
            assumeTrue(
                    Program.of("sh", "-c", "command -v " + program).run().succeeded(), program + " is not installed");
        }
    }

    @Test
    void givesBackByDigestWhatWasPushed() throws Exception {
        var image = tinyImage("hello");
        try (var registry = UpstreamRegistry.start(settings(null))) {
            assertThat(registry.push(image, "lab/base", "latest"))
                    .isEqualTo(registry.host() + "/lab/base@" + image.digest());

            var answer = get(registry, "/v2/lab/base/manifests/" + image.digest(), "");

            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(Digests.sha256(answer.body())).isEqualTo(image.digest().substring("sha256:".length()));
        }
    }

    @Test
    void writesWhoReadWhichBlob() throws Exception {
        var image = tinyImage("hello");
        try (var registry = UpstreamRegistry.start(settings(null))) {
            registry.push(image, "lab/base", "latest");
            assertThat(registry.accesses()).noneMatch(UpstreamRegistry.Access::readBlob);

            get(registry, "/v2/lab/base/blobs/" + image.layers().get(0).digest(), "");

            assertThat(registry.accesses())
                    .filteredOn(UpstreamRegistry.Access::readBlob)
                    .singleElement()
                    .satisfies(access -> assertThat(access.bytes())
                            .isEqualTo(image.layers().get(0).size()));
        }
    }

    @Test
    void refusesWhoHasNoLogin() throws Exception {
        var login = new UpstreamRegistry.Login("strix", Secret.of("password", "owl in the dark"));
        try (var registry = UpstreamRegistry.start(settings(login))) {
            registry.push(tinyImage("hello"), "lab/base", "latest");

            assertThat(get(registry, "/v2/", "").statusCode()).isEqualTo(401);
            assertThat(get(registry, "/v2/", "strix:wrong").statusCode()).isEqualTo(401);
            assertThat(get(registry, "/v2/", "strix:owl in the dark").statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void isTrustedOnlyByWhoKnowsItsAuthority() throws Exception {
        try (var registry = UpstreamRegistry.start(settings(null))) {
            var request = request(registry, "/v2/", "");
            assertThatThrownBy(() -> HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void tellsWhatItSaidWhenItDoesNotStart() throws Exception {
        try (var first = UpstreamRegistry.start(settings(null))) {
            int taken = URI.create("https://" + first.host()).getPort();
            var second = new UpstreamRegistry.Settings(
                    List.of(), "127.0.0.1", taken, folder.resolve("other"), folder.resolve("other-work"), null);

            assertThatThrownBy(() -> UpstreamRegistry.start(second))
                    .isInstanceOfSatisfying(
                            StrixhaloException.class,
                            failure -> assertThat(failure.problems().get(0).found())
                                    .anyMatch(line -> line.contains("address already in use")));
        }
    }

    private UpstreamRegistry.Settings settings(UpstreamRegistry.@Nullable Login login) {
        return new UpstreamRegistry.Settings(
                List.of(), "127.0.0.1", 0, folder.resolve("storage"), folder.resolve("work"), login);
    }

    private HttpResponse<String> get(UpstreamRegistry registry, String path, String login) throws Exception {
        var store = KeyStore.getInstance(registry.trustStore().toFile(), "changeit".toCharArray());
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        var client = HttpClient.newBuilder().sslContext(context).build();
        return client.send(
                request(registry, path, login), HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
    }

    private HttpRequest request(UpstreamRegistry registry, String path, String login) {
        var request = HttpRequest.newBuilder(URI.create("https://" + registry.host() + path))
                .timeout(Duration.ofSeconds(20))
                .header("Accept", MANIFEST);
        if (!login.isEmpty()) {
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        }
        return request.build();
    }

    /** An image of one layer that only registries have to like. */
    private OciLayout tinyImage(String content) throws Exception {
        var layout = folder.resolve("image");
        Files.createDirectories(layout.resolve("blobs/sha256"));
        var tar = (content + "\0".repeat(10240)).getBytes(StandardCharsets.UTF_8);
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(tar);
        }
        var config =
                "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
                        .formatted(digest(tar));
        var manifest = "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
                .formatted(
                        MANIFEST,
                        blob(
                                layout,
                                "application/vnd.oci.image.config.v1+json",
                                config.getBytes(StandardCharsets.UTF_8)),
                        blob(layout, "application/vnd.oci.image.layer.v1.tar+gzip", packed.toByteArray()));
        var reference = blob(layout, MANIFEST, manifest.getBytes(StandardCharsets.UTF_8))
                .replace("}", ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"latest\"}}");
        Files.writeString(
                layout.resolve("index.json"),
                "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}".formatted(INDEX, reference));
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        return OciLayout.read(layout);
    }

    private static String blob(Path layout, String type, byte[] content) throws IOException {
        var digest = digest(content);
        Files.write(layout.resolve("blobs").resolve(digest.replace(':', '/')), content);
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}".formatted(type, digest, content.length);
    }

    private static String digest(byte[] content) {
        return "sha256:" + HexFormat.of().formatHex(Digests.sha256().digest(content));
    }
}
