package dev.strixhalo.registry;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.Digest;
import java.io.IOException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The pull half of the OCI distribution specification 1.1 over one {@link RegistryContent}. */
final class PullEndpoints {
    private static final Pattern PATH = Pattern.compile("/v2/(.+)/(manifests|blobs)/([^/]+)");

    private final RegistryContent content;
    private final RunCredentials credentials;
    private final BlobAnswer blobs;

    PullEndpoints(RegistryContent content, RunCredentials credentials, RegistryListener listener) {
        this.content = content;
        this.credentials = credentials;
        this.blobs = new BlobAnswer(listener);
    }

    void answer(Exchange exchange) throws IOException {
        exchange.answerHeader("Docker-Distribution-API-Version", "registry/2.0");
        var user = credentials.authenticate(exchange.header("Authorization"));
        if (user.isEmpty()) {
            exchange.answerHeader("WWW-Authenticate", "Basic realm=\"strixhalo\", charset=\"UTF-8\"");
            exchange.answer(RegistryError.UNAUTHORIZED);
            return;
        }
        exchange.user(user.get());
        if (!List.of("GET", "HEAD").contains(exchange.method())) {
            exchange.drain();
            exchange.answerHeader("Allow", "GET, HEAD");
            exchange.answer(RegistryError.READ_ONLY);
            return;
        }
        if (exchange.path().equals("/v2/") || exchange.path().equals("/v2")) {
            exchange.answer(200, "application/json", new byte[] {'{', '}'});
            return;
        }
        var path = PATH.matcher(exchange.path());
        if (path.matches()) answer(exchange, path);
        else exchange.answer(RegistryError.NO_SUCH_ENDPOINT);
    }

    private void answer(Exchange exchange, Matcher path) throws IOException {
        if (!path.group(1).equals(content.repository())) exchange.answer(RegistryError.NAME_UNKNOWN);
        else if (path.group(2).equals("manifests")) manifest(exchange, path.group(3));
        else blob(exchange, path.group(3));
    }

    private void manifest(Exchange exchange, String reference) throws IOException {
        var digest = content.tags().get(reference);
        if (digest == null) digest = digest(reference);
        var manifest = digest == null ? null : content.manifests().get(digest);
        if (digest == null || manifest == null) {
            exchange.answer(RegistryError.MANIFEST_UNKNOWN);
        } else if (!accepts(exchange.headers("Accept"), manifest.mediaType())) {
            exchange.answer(RegistryError.MANIFEST_NOT_ACCEPTED);
        } else {
            name(exchange, digest);
            if (isKnown(exchange, digest)) exchange.answer(304);
            else exchange.answer(200, manifest.mediaType(), manifest.bytes());
        }
    }

    private void blob(Exchange exchange, String reference) throws IOException {
        var digest = digest(reference);
        if (digest == null) {
            exchange.answer(RegistryError.DIGEST_INVALID);
            return;
        }
        var blob = content.blobs().get(digest);
        if (blob == null) {
            exchange.answer(RegistryError.BLOB_UNKNOWN);
            return;
        }
        name(exchange, digest);
        if (isKnown(exchange, digest)) exchange.answer(304);
        else blobs.answer(exchange, digest, blob);
    }

    /** Content never changes under its digest: caches may keep it, and parts of different answers fit together. */
    private static void name(Exchange exchange, Digest digest) {
        exchange.answerHeader("Docker-Content-Digest", digest.value());
        exchange.answerHeader("ETag", entityTag(digest));
    }

    static String entityTag(Digest digest) {
        return '"' + digest.value() + '"';
    }

    private static boolean isKnown(Exchange exchange, Digest digest) {
        return exchange.headers("If-None-Match").stream()
                .flatMap(h -> List.of(h.split(",", -1)).stream())
                .map(String::trim)
                .anyMatch(tag ->
                        tag.equals("*") || tag.equals(entityTag(digest)) || tag.equals("W/" + entityTag(digest)));
    }

    /** Whether one of the headers names the type; no header accepts everything (RFC 9110, section 12.5.1). */
    static boolean accepts(List<String> headers, String mediaType) {
        if (headers.isEmpty()) return true;
        var family = mediaType.substring(0, mediaType.indexOf('/') + 1) + "*";
        for (var header : headers) {
            for (var range : header.split(",", -1)) {
                var parts = range.split(";", -1);
                var type = parts[0].trim();
                boolean refused = List.of(parts).stream().anyMatch(p -> p.trim().matches("q=0(\\.0*)?"));
                boolean named = type.equals("*/*") || type.equalsIgnoreCase(mediaType) || type.equals(family);
                if (named && !refused) return true;
            }
        }
        return false;
    }

    private static @Nullable Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (StrixhaloException e) {
            return null;
        }
    }
}
