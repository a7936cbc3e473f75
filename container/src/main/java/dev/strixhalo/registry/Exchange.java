package dev.strixhalo.registry;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request of a node and the answer to it, with what the access log needs to know. */
final class Exchange {
    private static final long DRAINED = 1 << 20;

    private final HttpExchange http;
    private final ClientWatch watch;
    private String user = "-";
    private int status;
    private long sent;
    private @Nullable String failure;

    Exchange(HttpExchange http, ClientWatch watch) {
        this.http = http;
        this.watch = watch;
    }

    String path() {
        return http.getRequestURI().getPath();
    }

    String method() {
        return http.getRequestMethod();
    }

    boolean isHead() {
        return method().equals("HEAD");
    }

    @Nullable
    String header(String name) {
        return http.getRequestHeaders().getFirst(name);
    }

    List<String> headers(String name) {
        return http.getRequestHeaders().getOrDefault(name, List.of());
    }

    void answerHeader(String name, String value) {
        http.getResponseHeaders().set(name, value);
    }

    String user() {
        return user;
    }

    void user(String name) {
        user = name;
    }

    /** Notes why the answer is not what was asked for, for the operator; the client is not told. What came first is the cause. */
    void failed(String why) {
        if (failure == null) failure = why;
    }

    /** Reads what a client sends that nobody wants, in measure: a connection that is closed before would lose the answer. */
    void drain() throws IOException {
        // Read, not skipped: over TLS the JDK's skip goes past the end of the body and waits for ever.
        var buffer = new byte[8192];
        long left = DRAINED;
        for (int n = 0; n >= 0 && left > 0; n = http.getRequestBody().read(buffer)) left -= n;
    }

    /** Whether the head of the answer is on its way, so that nothing else can be answered. */
    boolean hasBegun() {
        return status != 0;
    }

    /** Answers with a small body; for HEAD with its length alone. */
    void answer(int code, String contentType, byte[] body) throws IOException {
        answerHeader("Content-Type", contentType);
        try (var out = begin(code, body.length)) {
            if (!isHead()) out.write(body);
        }
    }

    void answer(RegistryError error) throws IOException {
        answer(error.status, "application/json", error.json());
    }

    /** Answers without a body and without a word on its length. */
    void answer(int code) throws IOException {
        status = code;
        http.sendResponseHeaders(code, -1);
    }

    /** Begins an answer of this length; what is written to the stream is counted and guarded against stalls. */
    OutputStream begin(int code, long length) throws IOException {
        status = code;
        if (isHead()) answerHeader("Content-Length", Long.toString(length));
        // −1 says "no body"; the length of an answer to HEAD is the header above, and 0 would mean "chunked".
        http.sendResponseHeaders(code, isHead() || length == 0 ? -1 : length);
        var guarded = watch.guard(http.getResponseBody());
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int count) throws IOException {
                guarded.write(bytes, offset, count);
                sent += count;
            }

            @Override
            public void close() throws IOException {
                guarded.close();
            }
        };
    }

    Access access(Clock clock) {
        return new Access(clock.instant(), user, method(), path(), status, sent, failure);
    }
}
