package dev.strixhalo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.ContentStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the registry of a base fails, and what the user is told. */
class UpstreamTest {
    /** {@code htpasswd -nbB me secret}. */
    private static final String LOGIN = "me:$2y$05$IZMLMuKgzcwPy2AP7Wd67.3RZBQIpqBZEAdsdeNjVIML4hE4Po7.G";

    private Path folder;
    private ContentStore store;

    @BeforeEach
    void open(@TempDir Path temporary) throws Exception {
        folder = temporary;
        store = ContentStore.open(folder.resolve("store"));
    }

    @AfterEach
    void close() throws Exception {
        store.close();
    }

    @Test
    void aReferenceThatDoesNotExist() throws Exception {
        try (var registry = RealRegistry.start(folder.resolve("registry"))) {
            registry.push(TestImage.distribution(), "team/base:1");

            assertThatThrownBy(() -> read(registry.host() + "/team/base:2", null))
                    .isInstanceOf(StrixhaloException.class)
                    .hasMessage("The image %s/team/base:2 does not exist, or is hidden from you.", registry.host());
            assertThatThrownBy(() -> read(registry.host() + "/team/nobody:1", null))
                    .hasMessageContaining("does not exist");
        }
    }

    @Test
    void aBlobWhoseBytesDoNotFitItsDigest() throws Exception {
        try (var registry = RealRegistry.start(folder.resolve("registry"))) {
            registry.push(TestImage.distribution(), "team/base:1");
            try (var base = open(registry.host() + "/team/base:1", null)) {
                var layer = base.image().manifest().layers().get(0);
                var file = registry.data()
                        .resolve("docker/registry/v2/blobs/sha256/%s/%s/data"
                                .formatted(
                                        layer.digest().hex().substring(0, 2),
                                        layer.digest().hex()));
                var bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);

                assertThatThrownBy(() -> base.blob(layer, OutputStream.nullOutputStream(), n -> {}))
                        .isInstanceOf(StrixhaloException.class)
                        .hasMessageContaining("whose bytes do not fit its digest");
            }
        }
    }

    @Test
    void streamsABlobAndTellsHowFarItIs() throws Exception {
        try (var registry = RealRegistry.start(folder.resolve("registry"))) {
            registry.push(TestImage.distribution(), "team/base:1");
            try (var base = open(registry.host() + "/team/base:1", null)) {
                var layer = base.image().manifest().layers().get(0);
                var out = new ByteArrayOutputStream();
                var told = new long[1];

                base.blob(layer, out, n -> told[0] += n);

                assertThat(out.size()).isEqualTo((int) layer.size());
                assertThat(told[0]).isEqualTo(layer.size());
            }
        }
    }

    @Test
    void aRegistryThatWantsALogin() throws Exception {
        try (var registry = RealRegistry.start(folder.resolve("registry"), LOGIN)) {
            registry.push(TestImage.distribution(), "team/base:1", "--dest-creds=me:secret");
            var name = registry.host() + "/team/base:1";

            assertThatThrownBy(() -> read(name, null))
                    .hasMessage("The registry %s wants a login and none was found.", registry.host());
            assertThatThrownBy(() -> read(name, new RegistryCredential("me", Secret.of("password", "wrong"))))
                    .hasMessage("The registry %s refuses the login that was found for it.", registry.host());
            assertThat(read(name, new RegistryCredential("me", Secret.of("password", "secret")))
                            .imageId())
                    .isEqualTo(TestImage.distribution().imageId());
        }
    }

    @Test
    void aNodesPodmanCanReadTheLoginThatItIsHanded() throws Exception {
        try (var registry = RealRegistry.start(folder.resolve("registry"), LOGIN)) {
            registry.push(TestImage.distribution(), "team/base:1", "--dest-creds=me:secret");
            var reference = RegistryReference.parse(registry.host() + "/team/base:1");
            var login = new Credentials(Map.of(), folder, new RegistryCredential("me", Secret.of("password", "secret")))
                    .forPodman(reference, warning -> {});
            assertThat(login).isPresent();
            assertThat(login.get().reveal()).doesNotContain("\n");
            var file =
                    Files.writeString(folder.resolve("auth.json"), login.get().reveal() + "\n");

            // podman and skopeo read it by the same library.
            assertThat(registry.skopeo("inspect", "--authfile=" + file, "docker://" + reference.text())
                            .exitCode())
                    .isZero();
            assertThat(new Credentials(Map.of(), folder, null).forPodman(reference, warning -> {}))
                    .isEmpty();
        }
    }

    @Test
    void findsTheLoginThatPodmanWrote() throws Exception {
        try (var registry = RealRegistry.start(folder.resolve("registry"), LOGIN)) {
            registry.push(TestImage.distribution(), "team/base:1", "--dest-creds=me:secret");
            var auth = Base64.getEncoder().encodeToString("me:secret".getBytes(StandardCharsets.UTF_8));
            var file = Files.createDirectories(folder.resolve("run/containers")).resolve("auth.json");
            Files.writeString(
                    file,
                    RecordFile.json()
                            .writeValueAsString(Map.of("auths", Map.of(registry.host(), Map.of("auth", auth)))));
            var credentials = new Credentials(
                    Map.of("XDG_RUNTIME_DIR", folder.resolve("run").toString()), folder, null);
            var reference = BaseReference.parse(registry.host() + "/team/base:1", folder);

            try (var base = OpenBase.open(reference, credentials, store, warning -> {})) {
                assertThat(base.image().imageId())
                        .isEqualTo(TestImage.distribution().imageId());
            }
            Files.writeString(file, "{ not json");
            assertThatThrownBy(() -> OpenBase.open(reference, credentials, store, warning -> {}))
                    .hasMessageContaining("cannot be understood");
        }
    }

    @Test
    @Timeout(60)
    void aHostThatIsDown() throws Exception {
        var host = "127.0.0.1:" + RealRegistry.freePort();
        long begun = System.nanoTime();

        assertThatThrownBy(() -> read(host + "/team/base:1", null))
                .hasMessage("The registry %s cannot be reached.", host);

        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(15));
    }

    @Test
    @Timeout(60)
    void aHostThatDoesNotExist() {
        assertThatThrownBy(() -> read("nowhere.invalid/team/base:1", null))
                .hasMessage("The registry's host name nowhere.invalid does not resolve.");
    }

    @Test
    @Timeout(60)
    void aRegistryWithoutTls() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var answering = new Thread(() -> {
                try (var socket = server.accept()) {
                    socket.getOutputStream()
                            .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.getInputStream().read();
                } catch (IOException e) {
                    // The other side hangs up when it sees no TLS.
                }
            });
            answering.start();
            var host = "127.0.0.1:" + server.getLocalPort();

            assertThatThrownBy(() -> read(host + "/team/base:1", null))
                    .hasMessage("The registry %s speaks plain HTTP, not HTTPS.", host);
        }
    }

    @Test
    @Timeout(60)
    void aCertificateForAnotherHost() throws Exception {
        try (var registry = RealRegistry.start(folder.resolve("registry"), null, "127.0.0.2")) {
            assertThatThrownBy(() -> read(registry.host() + "/team/base:1", null))
                    .hasMessage("The certificate of the registry %s is for another host.", registry.host());
        }
    }

    @Test
    void whatIsNoName() {
        assertThatThrownBy(() -> BaseReference.parse("https://docker.io/x", folder))
                .hasMessage("This is not the name of an image.");
        assertThatThrownBy(() -> BaseReference.parse("base.tar", folder)).hasMessageContaining("looks like a file");
        assertThatThrownBy(() -> BaseReference.parse("docker-archive:", folder)).hasMessageContaining("no file name");
    }

    private BaseImage read(String name, @Nullable RegistryCredential credential) throws StrixhaloException {
        try (var base = open(name, credential)) {
            return base.image();
        }
    }

    private OpenBase open(String name, @Nullable RegistryCredential credential) throws StrixhaloException {
        var credentials = new Credentials(Map.of(), folder.resolve("no home"), credential);
        return OpenBase.open(BaseReference.parse(name, folder), credentials, store, warning -> {});
    }
}
