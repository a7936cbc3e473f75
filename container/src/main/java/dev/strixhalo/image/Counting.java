package dev.strixhalo.image;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongConsumer;

/** Passes bytes on and tells how many went by in all. */
final class Counting extends FilterOutputStream {
    private final LongConsumer told;
    private long count;

    Counting(OutputStream to, LongConsumer told) {
        super(to);
        this.told = told;
    }

    @Override
    public void write(int b) throws IOException {
        out.write(b);
        told.accept(++count);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        count += length;
        told.accept(count);
    }

    /** The stream beneath belongs to somebody else. */
    @Override
    public void close() throws IOException {
        flush();
    }
}
