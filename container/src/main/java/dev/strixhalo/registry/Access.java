package dev.strixhalo.registry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One request and what came of it.
 *
 * @param when    it was done
 * @param user    who asked, or {@code -} for one without a right credential
 * @param method  for example {@code GET}
 * @param path    for example {@code /v2/strixhalo/vllm/blobs/sha256:…}
 * @param status  of HTTP
 * @param bytes   of the body that were sent
 * @param failure why the answer broke off or could not be given; null when all went well
 */
public record Access(
        Instant when,
        String user,
        String method,
        String path,
        int status,
        long bytes,
        @Nullable String failure) {
    /** Whether a blob was asked for, with its bytes. */
    public boolean isBlobDownload() {
        return method.equals("GET") && path.contains("/blobs/");
    }
}
