package dev.strixhalo.registry;

import java.nio.charset.StandardCharsets;

/** The ways to say no, with the codes of the OCI distribution specification 1.1, "Error codes". */
enum RegistryError {
    UNAUTHORIZED(401, "UNAUTHORIZED", "this registry is open to the nodes of its run only"),
    READ_ONLY(405, "UNSUPPORTED", "this registry serves pulls only"),
    NO_SUCH_ENDPOINT(404, "UNSUPPORTED", "this registry knows manifests and blobs only"),
    NAME_UNKNOWN(404, "NAME_UNKNOWN", "this registry serves one repository only, and it has another name"),
    MANIFEST_UNKNOWN(404, "MANIFEST_UNKNOWN", "no such manifest in this run"),
    MANIFEST_NOT_ACCEPTED(
            404, "MANIFEST_UNKNOWN", "the manifest has a media type that the Accept headers of the request leave out"),
    BLOB_UNKNOWN(
            404, "BLOB_UNKNOWN", "no such blob in this run; layers of the base are not served when they are there"),
    DIGEST_INVALID(400, "DIGEST_INVALID", "a digest is sha256: and 64 lower-case hexadecimal digits"),
    RANGE_INVALID(416, "SIZE_INVALID", "the range lies outside of the blob"),
    SOURCE_FAILED(502, "UNKNOWN", "the blob could not be had from where it comes; the operator's log says why");

    final int status;
    private final String code;
    private final String message;

    RegistryError(int status, String code, String message) {
        this.status = status;
        this.code = code;
        this.message = message;
    }

    /** The body; constant text only, so that nothing of a request can break out of the JSON. */
    byte[] json() {
        return "{\"errors\":[{\"code\":\"%s\",\"message\":\"%s\"}]}\n"
                .formatted(code, message)
                .getBytes(StandardCharsets.UTF_8);
    }
}
