package dev.strixhalo.it.bed;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The registry that the base image comes from: Debian's {@code docker-registry}, the real one, with TLS from an authority of
 * its own. Runs where the bed wants it (a network namespace) and writes every request into a log that tests read.
 */
public final class UpstreamRegistry implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
    private static final Duration PUSH_TIMEOUT = Duration.ofMinutes(10);
    /** Tells the next registry with the same folder which process it has to replace. */
    private static final String LEFT = "registry.left";

    private static final Pattern READY = Pattern.compile("listening on \\S+?:(\\d+), tls");
    /** Apache's combined format, as the registry writes it between the lines of its own log. */
    private static final Pattern ACCESS = Pattern.compile(
            "^(\\S+) \\S+ \\S+ \\[[^]]*] \"([A-Z]+) (\\S+) [^\"]*\" (\\d{3}) (\\d+|-)", Pattern.MULTILINE);

    private final Settings settings;
    private Service service;
    private final Authority authority;
    private final int port;

    private UpstreamRegistry(Settings settings, Service service, Authority authority, int port) {
        this.settings = settings;
        this.service = service;
        this.authority = authority;
        this.port = port;
    }

    /**
     * Where and how the registry runs.
     *
     * @param prefix   what puts a command into the registry's place, as {@code nsenter …}; may be empty
     * @param address  IPv4 address that it listens on and that its certificate is for
     * @param port     its port, or 0 for any free one
     * @param storage  folder of its blobs; may outlive it
     * @param work     folder for configuration, certificates and logs; belongs to the bed's run
     * @param login    who may read and write, or null for everybody
     */
    public record Settings(
            List<String> prefix,
            String address,
            int port,
            Path storage,
            Path work,
            @Nullable Login login) {
        public Settings {
            prefix = List.copyOf(prefix);
        }
    }

    /** A user of the registry. */
    public record Login(String user, Secret password) {}

    /**
     * One request that the registry answered.
     *
     * @param client the address that it came from
     * @param bytes  of the answer's body
     */
    public record Access(String client, String method, String path, int status, long bytes) {
        /** Whether this request moved the content of a blob to the client. */
        public boolean readBlob() {
            return method.equals("GET") && path.contains("/blobs/sha256:") && (status == 200 || status == 206);
        }
    }

    /** Starts the registry; it answers when this returns. */
    public static UpstreamRegistry start(Settings settings) throws StrixhaloException {
        var work = settings.work();
        Service.endLeft(work.resolve(LEFT));
        Authority authority;
        Path configuration = work.resolve("registry.yml");
        try {
            Files.createDirectories(settings.storage());
            Files.createDirectories(work);
            Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwx------"));
            authority = Authority.make(work.resolve("authority"));
            var certificate = authority.certify(settings.address());
            var login = settings.login();
            if (login != null) Files.writeString(work.resolve("htpasswd"), htpasswd(login));
            Files.writeString(configuration, configuration(settings, certificate));
        } catch (IOException e) {
            throw unwritable(work, e);
        }
        var service = serve(settings);
        try {
            int port = Integer.parseInt(service.await(READY, START_TIMEOUT).group(1));
            return new UpstreamRegistry(settings, service, authority, port);
        } catch (StrixhaloException | RuntimeException e) {
            service.close();
            throw e;
        }
    }

    private static Service serve(Settings settings) throws StrixhaloException {
        var configuration = settings.work().resolve("registry.yml");
        return Service.start(
                "upstream registry",
                settings.prefix(),
                List.of("docker-registry", "serve", configuration.toString()),
                settings.work().resolve("registry.log"),
                READY,
                START_TIMEOUT);
    }

    /** Ends it as an accident would; whoever reads from it is cut off. {@link #restart} brings it back. */
    public void stop() {
        service.close();
    }

    /** Starts it again at the same port with the same certificate, if it does not run; its log begins anew. */
    public void restart() throws StrixhaloException {
        if (settings.port() == 0) throw new IllegalStateException("a registry at any port has no port to come back to");
        if (!service.isAlive()) service = serve(settings);
    }

    /** The first part of the images' references: {@code 10.0.0.9:5000}. */
    public String host() {
        return settings.address() + ":" + port;
    }

    /** The certificate of the authority, for podman's {@code certs.d/<host>/ca.crt} and for whoever asks by TLS. */
    public Path certificateAuthority() {
        return authority.certificate();
    }

    /**
     * A PKCS #12 trust store for {@code javax.net.ssl.trustStore} with the authority alone, or with those of other registries
     * beside it; its password is {@code changeit}.
     */
    public Path trustStore(UpstreamRegistry... others) throws StrixhaloException {
        return authority.trustStore(
                Stream.of(others).map(other -> other.authority).toList());
    }

    /**
     * Copies an image into the registry; blobs that it has are not sent again.
     *
     * @return the reference by digest: {@code host/name@sha256:…}
     */
    public String push(OciLayout image, String name, String tag) throws StrixhaloException {
        var argv = new ArrayList<>(settings.prefix());
        argv.addAll(List.of("skopeo", "copy", "--quiet", "--preserve-digests"));
        argv.addAll(List.of("--dest-cert-dir", authority.certificateFolder().toString()));
        var login = settings.login();
        var auth = settings.work().resolve("auth.json");
        try {
            if (login != null) {
                Files.writeString(auth, authFile(login));
                argv.addAll(List.of("--dest-authfile", auth.toString()));
            }
        } catch (IOException e) {
            throw unwritable(settings.work(), e);
        }
        argv.addAll(List.of(image.reference(), "docker://%s/%s:%s".formatted(host(), name, tag)));
        Program.of(argv).timeout(PUSH_TIMEOUT).run().orFail();
        return "%s/%s@%s".formatted(host(), name, image.digest());
    }

    /** Every request so far, the oldest first; the pushes of {@link #push} are among them. */
    public List<Access> accesses() throws StrixhaloException {
        return ACCESS.matcher(service.log())
                .results()
                .map(line -> new Access(
                        line.group(1),
                        line.group(2),
                        line.group(3),
                        Integer.parseInt(line.group(4)),
                        line.group(5).equals("-") ? 0 : Long.parseLong(line.group(5))))
                .toList();
    }

    public boolean isRunning() {
        return service.isAlive();
    }

    /** Leaves it running when this program ends; the next one with the same folder replaces it. */
    public void leave() throws StrixhaloException {
        service.leave(settings.work().resolve(LEFT));
    }

    @Override
    public void close() {
        service.close();
    }

    private static String configuration(Settings settings, Authority.Certificate certificate) {
        var text = """
                version: 0.1
                log:
                  accesslog:
                    disabled: false
                storage:
                  filesystem:
                    rootdirectory: %s
                  delete:
                    enabled: true
                http:
                  addr: %s:%d
                  tls:
                    certificate: %s
                    key: %s
                """.formatted(
                        quoted(settings.storage()),
                        settings.address(),
                        settings.port(),
                        quoted(certificate.certificate()),
                        quoted(certificate.key()));
        if (settings.login() == null) return text;
        return text + """
                auth:
                  htpasswd:
                    realm: test bed
                    path: %s
                """.formatted(quoted(settings.work().resolve("htpasswd")));
    }

    /** A path as a YAML scalar in double quotes. */
    private static String quoted(Path path) {
        return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String htpasswd(Login login) throws StrixhaloException {
        // The registry takes bcrypt only; the password goes in on standard input.
        var made = Program.of("htpasswd", "-n", "-i", "-B", login.user())
                .stdin(login.password().reveal())
                .run()
                .orFail();
        return made.text().strip() + "\n";
    }

    private String authFile(Login login) {
        var pair = login.user() + ":" + login.password().reveal();
        return "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
                .formatted(host(), Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    private static StrixhaloException unwritable(Path work, IOException e) {
        return Problem.of("The upstream registry cannot be set up.")
                .found(e.toString())
                .fix("make " + work + " writable")
                .asException(e);
    }
}
