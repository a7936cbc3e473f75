package dev.strixhalo.image;

import com.google.cloud.tools.jib.api.DescriptorDigest;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.event.EventHandlers;
import com.google.cloud.tools.jib.registry.RegistryClient;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.Digest;
import dev.strixhalo.store.HashingOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * One repository of a registry, read through Jib's client over TLS. {@link #blob} may be called from several threads at
 * once; nothing is kept on disk here.
 */
public final class Upstream implements AutoCloseable {
    private final RegistryReference reference;
    private final ManifestWire wire;
    private final RegistryClient client;
    private final boolean loggedIn;

    private Upstream(RegistryReference reference, ManifestWire wire, RegistryClient client, boolean loggedIn) {
        this.reference = reference;
        this.wire = wire;
        this.client = client;
        this.loggedIn = loggedIn;
    }

    /**
     * Logs in, as far as the registry wants it.
     *
     * @param reference   names the repository
     * @param credentials who we are
     * @param warnings    takes what the user should know though it goes on
     * @throws StrixhaloException when the registry cannot be reached or refuses us
     */
    public static Upstream open(RegistryReference reference, Credentials credentials, Consumer<String> warnings)
            throws StrixhaloException {
        return open(reference, credentials, warnings, false);
    }

    static Upstream open(
            RegistryReference reference, Credentials credentials, Consumer<String> warnings, boolean toPush)
            throws StrixhaloException {
        var credential = credentials.find(reference, warnings);
        var wire = new ManifestWire(event -> {
            if (event.getLevel() == LogEvent.Level.WARN) warnings.accept(event.getMessage());
        });
        var jib = reference.jib();
        var factory = RegistryClient.factory(EventHandlers.NONE, jib.getRegistry(), jib.getRepository(), wire);
        credential.ifPresent(factory::setCredential);
        var client = factory.newRegistryClient();
        try {
            Knock.at(jib.getRegistry());
            boolean bearer = toPush ? client.doPushBearerAuth() : client.doPullBearerAuth();
            if (!bearer && credential.isPresent()) client.configureBasicAuth();
        } catch (IOException | RegistryException e) {
            throw UpstreamFailure.of(e, "logging in", reference, credential.isPresent());
        }
        return new Upstream(reference, wire, client, credential.isPresent());
    }

    RegistryReference reference() {
        return reference;
    }

    RegistryClient client() {
        return client;
    }

    StrixhaloException failure(Exception e, String doing) {
        return UpstreamFailure.of(e, doing, reference, loggedIn);
    }

    /**
     * The digest that the reference stands for now, if the registry tells it without sending the manifest.
     *
     * @throws StrixhaloException when the image does not exist
     */
    Optional<Digest> digest() throws StrixhaloException {
        if (reference.digest() != null) return Optional.of(reference.digest());
        var digests = arrived(reference.qualifier(), true).digests();
        return digests.isEmpty() ? Optional.empty() : Optional.of(Digest.parse(digests.get(0)));
    }

    /** The manifest or index that the reference stands for. */
    byte[] manifest() throws StrixhaloException {
        return reference.digest() != null
                ? manifest(reference.digest())
                : arrived(reference.qualifier(), false).bytes();
    }

    /** The manifest or index of this digest, checked. */
    byte[] manifest(Digest digest) throws StrixhaloException {
        var bytes = arrived(digest.value(), false).bytes();
        if (!Digest.of(bytes).equals(digest)) throw wrong(digest, Digest.of(bytes), "manifest");
        return bytes;
    }

    private synchronized ManifestWire.Arrived arrived(String qualifier, boolean headOnly) throws StrixhaloException {
        try {
            wire.headOnly(headOnly);
            var parsed = client.pullManifest(qualifier);
            throw new AssertionError("the wire let a manifest through to Jib: " + parsed.getDigest());
        } catch (ManifestWire.Arrived e) {
            return e;
        } catch (IOException | RegistryException e) {
            throw failure(e, "reading the manifest");
        }
    }

    /** A small blob as a whole, checked. */
    byte[] bytes(Descriptor blob) throws StrixhaloException {
        var bytes = new ByteArrayOutputStream();
        blob(blob, bytes, count -> {});
        return bytes.toByteArray();
    }

    /**
     * Streams a blob, in constant memory, and checks it. The stream is flushed and left open; what was written of a blob
     * that turns out wrong must not be used.
     *
     * @param progress hears how many more bytes came, several times a second at most
     * @throws StrixhaloException when it is not there, breaks off, or its bytes do not fit the digest
     */
    public void blob(Descriptor blob, OutputStream to, LongConsumer progress) throws StrixhaloException {
        var sink = new Sink(to);
        try {
            client.pullBlob(digest(blob.digest()), size -> {}, progress::accept).writeTo(sink);
        } catch (IOException e) {
            if (sink.failure != null) {
                throw Problem.of("A layer that comes from %s cannot be passed on.".formatted(reference.registry()))
                        .found(UpstreamFailure.rootMessage(sink.failure))
                        .fix("run the goal again")
                        .asException(sink.failure);
            }
            // Jib tells wrong bytes by a class of its own; ours are counted, so that cut ones are told apart from wrong
            // ones.
            if (e.getCause() instanceof RegistryException && sink.count() > 0) {
                throw wrong(blob.digest(), sink.digest(), "blob");
            }
            throw failure(e, "reading a blob");
        }
        if (!sink.digest().equals(blob.digest())) throw wrong(blob.digest(), sink.digest(), "blob");
    }

    private StrixhaloException wrong(Digest asked, Digest came, String what) {
        return Problem.of("The registry %s sent a %s whose bytes do not fit its digest."
                        .formatted(reference.registry(), what))
                .found("asked  " + asked)
                .found("came   " + came)
                .fix(
                        "run the goal again; if it stays so, the registry or a proxy before it is damaged: push the image there anew")
                .asException();
    }

    static DescriptorDigest digest(Digest digest) {
        try {
            return DescriptorDigest.fromDigest(digest.value());
        } catch (DigestException e) {
            throw new AssertionError("both sides mean the same by a digest", e);
        }
    }

    @Override
    public void close() {
        try {
            wire.shutDown();
        } catch (IOException e) {
            // Connections that break while they are closed are closed.
        }
    }

    /** Keeps apart what fails on this side and what fails upstream, and does not let Jib close the stream of others. */
    private static final class Sink extends OutputStream {
        private final HashingOutputStream to;
        private @org.jspecify.annotations.Nullable IOException failure;

        Sink(OutputStream to) {
            this.to = new HashingOutputStream(to);
        }

        long count() {
            return to.count();
        }

        Digest digest() {
            return to.digest();
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                to.write(bytes, offset, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }

        @Override
        public void close() throws IOException {
            to.flush();
        }
    }
}
