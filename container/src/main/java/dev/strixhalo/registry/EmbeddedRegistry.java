package dev.strixhalo.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;

/**
 * A registry for the nodes of one run: HTTPS on 127.0.0.1, any free port, with a certificate of its own; read only; closed
 * to everyone without a credential of the run; gives out what {@link RegistryContent} lists and nothing else. Memory does
 * not depend on the size of blobs, and a slow client holds up nobody but itself.
 *
 * <p>It runs on the HTTP server of the JDK, whose settings are system properties that it reads once per JVM:
 * {@code sun.net.httpserver.nodelay} (without it every request costs 43 ms: the second half of an answer waits for the
 * acknowledgement of the first) and {@code maxReqTime} (a client that says hello and then nothing). Both are set here unless
 * somebody has set them. If other code in this JVM has started such a server before without them, they come too late: all
 * works as before, but requests cost the 43 ms, and a client that falls silent in the middle of a request holds one of the
 * threads until it goes.
 */
public final class EmbeddedRegistry implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 256;
    private static final int BACKLOG = 128;
    private static final Duration STALL = Duration.ofMinutes(5);
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);
    private static final Duration REQUEST = Duration.ofSeconds(30);

    private final HttpsServer server;
    private final int port;
    private final ThreadPoolExecutor threads;
    private final ClientWatch watch;
    private final RunCertificate certificate;
    private final PullEndpoints endpoints;
    private final RegistryListener listener;
    private final Clock clock;
    private final AccessLog log = new AccessLog();

    private EmbeddedRegistry(
            RegistryContent content,
            RunCredentials credentials,
            RegistryListener listener,
            Clock clock,
            SecureRandom random,
            Duration stall)
            throws IOException {
        this.listener = listener;
        this.clock = clock;
        this.certificate = RunCertificate.make(clock.instant(), random);
        this.endpoints = new PullEndpoints(content, credentials, listener);
        prepareServerOfTheJdk();
        var loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        this.server = HttpsServer.create(new InetSocketAddress(loopback, 0), BACKLOG);
        this.port = server.getAddress().getPort();
        this.watch = new ClientWatch(stall);
        this.threads = threads();
        server.setHttpsConfigurator(new Tls(certificate.serverContext()));
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /**
     * Starts a registry; it serves until it is closed.
     *
     * @throws StrixhaloException when the loopback cannot be listened on
     */
    public static EmbeddedRegistry start(RegistryContent content, RunCredentials credentials, RegistryListener listener)
            throws StrixhaloException {
        return start(content, credentials, listener, Clock.systemUTC(), new SecureRandom(), STALL);
    }

    /** @param stall how long a client may take nothing of an answer before its connection is closed */
    static EmbeddedRegistry start(
            RegistryContent content,
            RunCredentials credentials,
            RegistryListener listener,
            Clock clock,
            SecureRandom random,
            Duration stall)
            throws StrixhaloException {
        try {
            return new EmbeddedRegistry(content, credentials, listener, clock, random, stall);
        } catch (IOException e) {
            throw Problem.of("The registry of this run cannot listen on 127.0.0.1.")
                    .found(e.toString())
                    .fix("look whether the loopback is up (ip addr show lo) and ports are left (ss -s)")
                    .asException(e);
        }
    }

    /** The port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** The certificate that clients have to trust, for example as {@code ca.crt} in podman's {@code --cert-dir}. */
    public String certificatePem() {
        return certificate.pem();
    }

    /**
     * All requests that were answered or broke off until now, in the order of their end.
     *
     * @throws IllegalStateException when there were more than 20 000, which no pull makes
     */
    public List<Access> accesses() {
        return log.all();
    }

    /**
     * Closes the port and all connections; afterwards {@link #accesses} is complete. Those that send are freed first: the
     * JDK's server says goodbye to each client by TLS, and waits for ever for the lock of one whose client takes nothing.
     */
    @Override
    public void close() {
        threads.shutdownNow();
        watch.close();
        var stopping = new Thread(() -> server.stop(0), "strixhalo-registry-stop");
        stopping.setDaemon(true);
        stopping.start();
        try {
            stopping.join(LAST_WORDS.toMillis());
            // Their connections are closed, so they end by themselves; a source that ignores its interrupt is left
            // behind.
            threads.awaitTermination(LAST_WORDS.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(HttpExchange http) throws IOException {
        var exchange = new Exchange(http, watch);
        try (http) {
            try {
                endpoints.answer(exchange);
            } catch (IOException | RuntimeException e) {
                exchange.failed(e.toString());
                throw e;
            } finally {
                // Before the last bytes go out, so that whoever has its answer finds it in the log.
                var access = exchange.access(clock);
                log.add(access);
                listener.answered(access);
            }
        }
    }

    private static void prepareServerOfTheJdk() {
        setUnlessSet("sun.net.httpserver.nodelay", "true");
        setUnlessSet("sun.net.httpserver.maxReqTime", Long.toString(REQUEST.toSeconds()));
    }

    private static void setUnlessSet(String property, String value) {
        if (System.getProperty(property) == null) System.setProperty(property, value);
    }

    /** One thread per busy connection, for TLS and files block; beyond the limit connections are closed. */
    private static ThreadPoolExecutor threads() {
        var count = new AtomicInteger();
        return new ThreadPoolExecutor(0, MOST_CONNECTIONS, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
            var thread = new Thread(task, "registry " + count.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    private static final class Tls extends HttpsConfigurator {
        Tls(SSLContext context) {
            super(context);
        }

        @Override
        public void configure(HttpsParameters parameters) {
            var chosen = getSSLContext().getDefaultSSLParameters();
            chosen.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
            parameters.setSSLParameters(chosen);
        }
    }
}
