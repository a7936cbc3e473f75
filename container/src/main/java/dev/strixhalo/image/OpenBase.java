package dev.strixhalo.image;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.store.ContentStore;
import java.io.OutputStream;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * A base whose source is at hand. What a build needs of it, manifest and configuration, was read when it was opened; the
 * layers are streamed by {@link #blob}, for those who need them whole: a push, an archive, a node that cannot reach the
 * registry.
 */
public sealed interface OpenBase extends AutoCloseable permits RegistryBase, DockerArchive {
    /**
     * Opens a base and reads its manifest and configuration, from the store as far as they are there.
     *
     * @param credentials for its registry
     * @param warnings    takes what the user should know though it goes on
     * @throws StrixhaloException when it is not there, refuses us, is damaged or is for another kind of machine
     */
    static OpenBase open(
            BaseReference reference, Credentials credentials, ContentStore store, Consumer<String> warnings)
            throws StrixhaloException {
        return reference instanceof RegistryReference registry
                ? RegistryBase.open(registry, credentials, store, warnings)
                : DockerArchive.open((ArchiveReference) reference);
    }

    /**
     * The base of an image that was built, to be streamed: exactly that one, though its tag may have moved since.
     *
     * @throws StrixhaloException as above
     */
    static OpenBase of(BuiltImage.Base built, Credentials credentials, ContentStore store, Consumer<String> warnings)
            throws StrixhaloException {
        var base = open(built.source(), credentials, store, warnings);
        if (base.image().imageId().equals(built.imageId())) return base;
        base.close();
        throw Problem.of("The base image is no longer the one that the image was built on.")
                .found("built on %s, now %s"
                        .formatted(built.imageId(), base.image().imageId()))
                .fix("mvn strixhalo:build-image")
                .asException();
    }

    /** What was read of it. */
    BaseImage image();

    /** What is known of its directories and links. */
    BaseTree tree();

    /** Its manifest for linux/amd64; one that names the layers by diff ID for an archive, which has none. */
    default byte[] manifestBytes() {
        return image().manifestBytes();
    }

    /** Its configuration. */
    default byte[] configBytes() {
        return image().configBytes();
    }

    /**
     * Streams a blob of the base, in constant memory, and checks it. The stream is flushed and left open. May be called
     * from several threads at once.
     *
     * @param progress hears how many more bytes went by
     * @throws StrixhaloException when it is not there, breaks off or is damaged; what was written until then must not be used
     */
    void blob(Descriptor blob, OutputStream to, LongConsumer progress) throws StrixhaloException;

    @Override
    void close() throws StrixhaloException;
}
