package dev.strixhalo.registry;

import dev.strixhalo.base.StrixhaloException;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A running registry and a client that trusts its certificate and nothing else. */
final class RegistryBed implements AutoCloseable {
    final RunCredentials credentials = RunCredentials.issue(List.of("node1", "node2"), new SecureRandom());
    final List<Transfer> transfers = new CopyOnWriteArrayList<>();
    final EmbeddedRegistry registry;
    final HttpClient client;

    private RegistryBed(RegistryContent content, Duration stall) throws Exception {
        registry = EmbeddedRegistry.start(
                content, credentials, transfers::add, Clock.systemUTC(), new SecureRandom(), stall);
        client = HttpClient.newBuilder()
                .sslContext(trusting(registry.certificatePem()))
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    static RegistryBed serving(RegistryContent content) throws Exception {
        return new RegistryBed(content, Duration.ofMinutes(1));
    }

    static RegistryBed serving(RegistryContent content, Duration stall) throws Exception {
        return new RegistryBed(content, stall);
    }

    static SSLContext trusting(String pem) throws Exception {
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

    URI uri(String path) {
        return URI.create("https://127.0.0.1:" + registry.port() + path);
    }

    /** A request as a node makes it, with its credential. */
    HttpRequest.Builder as(String user, String path) {
        return anonymous(path).header("Authorization", basic(user));
    }

    HttpRequest.Builder anonymous(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(30));
    }

    String basic(String user) {
        return basic(user, credentials.password(user).reveal());
    }

    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        var request = as("node1", path);
        if (headers.length > 0) request.headers(headers);
        return send(request);
    }

    HttpResponse<byte[]> head(String path) throws Exception {
        return send(as("node1", path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    }

    HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** What was answered, once so many answers are noted down: a client has its last byte a moment before. */
    List<Access> accesses(int count) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (registry.accesses().size() < count && System.nanoTime() < deadline) Thread.sleep(10);
        return registry.accesses();
    }

    @Override
    public void close() throws StrixhaloException {
        registry.close();
    }
}
