package dev.strixhalo.image;

import dev.strixhalo.base.StrixhaloException;
import java.io.OutputStream;
import java.util.function.LongConsumer;

/** Where the bytes of a base come from, when they are needed at all: never for a build, but to push or to save it whole. */
interface BaseBlobs {
    /**
     * Streams a blob of the base and checks it.
     *
     * @param progress hears how many more bytes went by
     * @throws StrixhaloException when it is not there or damaged; what was written until then must not be used
     */
    void blob(Descriptor blob, OutputStream to, LongConsumer progress) throws StrixhaloException;
}
