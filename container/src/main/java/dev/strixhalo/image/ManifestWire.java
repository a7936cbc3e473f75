package dev.strixhalo.image;

import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.http.FailoverHttpClient;
import com.google.cloud.tools.jib.http.Request;
import com.google.cloud.tools.jib.http.Response;
import java.io.IOException;
import java.net.URL;
import java.util.List;
import java.util.function.Consumer;

/**
 * The wire beneath Jib's client for registries, with a tap for manifests. Jib turns a manifest into its own template and
 * drops what it does not know, media types of layers among it; we need the bytes, which alone fit the digest. So a {@code
 * GET} of a manifest ends here with {@link Arrived}, which carries them past Jib's parser; everything around it (login,
 * tokens, retries, error bodies) stays Jib's.
 *
 * <p>Neither plain HTTP nor unchecked certificates: both switches are off for good.
 */
final class ManifestWire extends FailoverHttpClient {
    /** Docker and podman refuse manifests above 4 MiB. */
    private static final int LARGEST_MANIFEST = 4 << 20;

    private volatile boolean headOnly;

    /** A manifest that came, told as an exception because Jib's parser stands between here and the caller. */
    static final class Arrived extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient byte[] bytes;
        private final transient List<String> digests;

        Arrived(byte[] bytes, List<String> digests) {
            super("a manifest of %d bytes".formatted(bytes.length), null);
            this.bytes = bytes;
            this.digests = List.copyOf(digests);
        }

        /** The manifest; empty when only its digest was asked for. */
        byte[] bytes() {
            return bytes;
        }

        /** What the registry says the digest is; some say nothing. */
        List<String> digests() {
            return digests;
        }
    }

    ManifestWire(Consumer<LogEvent> log) {
        super(false, false, log);
    }

    /** Whether the next manifests are asked for by {@code HEAD}: it does not count as a pull (Docker Hub limits those). */
    void headOnly(boolean only) {
        headOnly = only;
    }

    @Override
    public Response call(String method, URL url, Request request) throws IOException {
        if (!method.equals("GET") || !url.getPath().contains("/manifests/")) return super.call(method, url, request);
        try (var response = super.call(headOnly ? "HEAD" : method, url, request)) {
            var digests = response.getHeader("Docker-Content-Digest");
            if (headOnly) throw new Arrived(new byte[0], digests);
            var bytes = response.getBody().readNBytes(LARGEST_MANIFEST + 1);
            if (bytes.length > LARGEST_MANIFEST) throw new IOException("the manifest is larger than 4 MiB");
            throw new Arrived(bytes, digests);
        }
    }
}
