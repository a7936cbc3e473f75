package dev.strixhalo.rccl.elf;

/** A file is not what it says it is: not ELF at all, cut off, or with a field that points nowhere. */
public final class MalformedFileException extends Exception {
    private static final long serialVersionUID = 1L;

    private final long offset;

    /**
     * @param offset where in the file it goes wrong, in bytes, unsigned; a field may point beyond the end
     * @param what   one sentence without the offset and without a full stop
     */
    public MalformedFileException(long offset, String what) {
        super("%s (at offset %s)".formatted(what, Long.toUnsignedString(offset)));
        this.offset = offset;
    }

    /** The same with the failure beneath. */
    MalformedFileException(long offset, String what, Throwable cause) {
        this(offset, what);
        initCause(cause);
    }

    /** Where in the file it goes wrong, in bytes, unsigned. */
    public long offset() {
        return offset;
    }
}
