package dev.strixhalo.image;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Debian's docker-registry on a free port of the loopback, with TLS and, if wanted, a login; ends with the test. */
final class RealRegistry implements AutoCloseable {
    private static @Nullable Path certificates;

    private final Path folder;
    private final String host;
    private final Process process;

    private RealRegistry(Path folder, String host, Process process) {
        this.folder = folder;
        this.host = host;
        this.process = process;
    }

    static RealRegistry start(Path folder) throws Exception {
        return start(folder, null, "127.0.0.1");
    }

    static RealRegistry start(Path folder, String htpasswd) throws Exception {
        return start(folder, htpasswd, "127.0.0.1");
    }

    /** @param htpasswd a line of the file with the logins (bcrypt), or null for a registry that lets everyone in; the certificate knows 127.0.0.1 only */
    static RealRegistry start(Path folder, @Nullable String htpasswd, String address) throws Exception {
        for (var program : List.of("docker-registry", "skopeo", "openssl")) {
            assumeTrue(installed(program), program + " is not installed");
        }
        var certs = certificates();
        int port = freePort();
        Files.createDirectories(folder);
        var config = """
                version: 0.1
                log: {level: warn, accesslog: {disabled: false}}
                storage: {filesystem: {rootdirectory: %s}, delete: {enabled: true}}
                http: {addr: "%s:%d", tls: {certificate: %s, key: %s}}
                """.formatted(
                        folder.resolve("data"), address, port, certs.resolve("cert.pem"), certs.resolve("key.pem"));
        if (htpasswd != null) {
            Files.writeString(folder.resolve("htpasswd"), htpasswd + "\n");
            config += "auth: {htpasswd: {realm: test, path: %s}}%n".formatted(folder.resolve("htpasswd"));
        }
        Files.writeString(folder.resolve("config.yml"), config);
        var process = new ProcessBuilder(
                        "docker-registry", "serve", folder.resolve("config.yml").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        var registry = new RealRegistry(folder, address + ":" + port, process);
        for (long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
                !listens(address, port);
                Thread.sleep(50)) {
            if (System.nanoTime() > end || !process.isAlive()) {
                throw new IOException("docker-registry does not come up: " + registry.log());
            }
        }
        return registry;
    }

    String host() {
        return host;
    }

    /** The registry's folder of its blobs. */
    Path data() {
        return folder.resolve("data");
    }

    /** Requests that it answered, one per line. */
    List<String> requests() throws IOException {
        return log().lines().filter(line -> line.contains("HTTP/")).toList();
    }

    String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    /** Pushes an image with skopeo, which compresses its layers. */
    void push(TestImage image, String name, String... options) throws Exception {
        var archive = image.save(folder.resolve("push.tar"));
        var argv = new java.util.ArrayList<>(List.of("skopeo", "copy", "--quiet", "--dest-cert-dir=" + certificates()));
        argv.addAll(List.of(options));
        argv.addAll(List.of("docker-archive:" + archive, "docker://" + host() + "/" + name));
        Program.of(argv).run().orFail();
    }

    /** Lays a blob into the registry's folder, past its API, and links it in a repository. */
    void plant(byte[] blob, String repository, String links) throws IOException {
        var digest = dev.strixhalo.store.Digest.of(blob);
        var root = data().resolve("docker/registry/v2");
        var file = root.resolve("blobs/sha256/%s/%s/data".formatted(digest.hex().substring(0, 2), digest.hex()));
        Files.createDirectories(file.getParent());
        Files.write(file, blob);
        var link = root.resolve("repositories/%s/%s/sha256/%s/link".formatted(repository, links, digest.hex()));
        Files.createDirectories(link.getParent());
        Files.writeString(link, digest.value());
    }

    Program.Result skopeo(String... argv) throws Exception {
        var all = new java.util.ArrayList<>(List.of("skopeo"));
        all.addAll(List.of(argv));
        all.add(2, "--cert-dir=" + certificates());
        return Program.of(all).run();
    }

    @Override
    public void close() {
        Program.endTree(process.toHandle());
    }

    static boolean installed(String program) {
        for (var folder : System.getenv("PATH").split(":")) {
            if (Files.isExecutable(Path.of(folder, program))) return true;
        }
        return false;
    }

    /** A folder with cert.pem, key.pem and ca.crt; this JVM trusts them from then on. */
    static synchronized Path certificates() throws Exception {
        if (certificates != null) return certificates;
        var folder = Files.createTempDirectory("strixhalo-certificates");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            for (var file : folder.toFile().listFiles()) file.delete();
            folder.toFile().delete();
        }));
        var argv =
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=strixhalo-test"
                        + " -addext subjectAltName=IP:127.0.0.1,DNS:localhost -addext basicConstraints=critical,CA:TRUE"
                        + " -keyout key.pem -out cert.pem";
        Program.of(argv.split(" ")).in(folder).run().orFail();
        Files.copy(folder.resolve("cert.pem"), folder.resolve("ca.crt"));
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (var in = Files.newInputStream(folder.resolve("cert.pem"))) {
            store.setCertificateEntry(
                    "test", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        // Before anyone asks for the default socket factory, which is made once.
        SSLContext.setDefault(context);
        certificates = folder;
        return folder;
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(String address, int port) {
        try (var socket = new Socket(address, port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
