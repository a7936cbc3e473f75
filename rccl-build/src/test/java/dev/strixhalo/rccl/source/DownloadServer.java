package dev.strixhalo.rccl.source;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A real HTTP server in this JVM that gives one file, the whole of it or from some byte on, and misbehaves on demand. */
final class DownloadServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<String> asked = new ArrayList<>();

    volatile byte[] content;
    volatile int status = 200;
    /** After so many bytes of a body the connection is cut. */
    volatile int cutAfter = Integer.MAX_VALUE;
    /** After so many bytes of a body nothing more comes. */
    volatile int silentAfter = Integer.MAX_VALUE;

    volatile boolean knowsRanges = true;

    DownloadServer(byte[] content) throws IOException {
        this.content = content;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/rccl.tar.gz");
    }

    /** The ranges that were asked for, {@code -} for none. */
    synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    private void answer(HttpExchange exchange) throws IOException {
        var range = exchange.getRequestHeaders().getFirst("Range");
        synchronized (this) {
            asked.add(range == null ? "-" : range);
        }
        if (status != 200) {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
            return;
        }
        int from = range == null || !knowsRanges ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
        if (from >= content.length && from > 0) {
            exchange.sendResponseHeaders(416, -1);
            exchange.close();
            return;
        }
        var body = Arrays.copyOfRange(content, from, content.length);
        exchange.sendResponseHeaders(from == 0 ? 200 : 206, body.length);
        int count = Math.min(body.length, Math.min(cutAfter, silentAfter));
        exchange.getResponseBody().write(body, 0, count);
        exchange.getResponseBody().flush();
        try {
            if (silentAfter < body.length) end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // With less than was promised, the server closes the connection.
        exchange.close();
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
