package dev.strixhalo.registry;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a blob.
 *
 * @param first byte, from 0
 * @param last  byte, inclusive
 */
record ByteRange(long first, long last) {
    private static final Pattern ONE_RANGE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*");

    /** The range lies outside of the blob. */
    static final class Unsatisfiable extends Exception {
        private static final long serialVersionUID = 1L;
    }

    long length() {
        return last - first + 1;
    }

    /** The header {@code Content-Range} of an answer. */
    String of(long size) {
        return "bytes " + first + "-" + last + "/" + size;
    }

    /**
     * What a {@code Range} header asks for (RFC 9110, section 14). Several ranges at once, other units and nonsense mean the
     * whole, as the RFC allows.
     *
     * @return null for the whole
     * @throws Unsatisfiable when the range lies outside of the blob
     */
    static @Nullable ByteRange parse(@Nullable String header, long size) throws Unsatisfiable {
        if (header == null) return null;
        var matcher = ONE_RANGE.matcher(header);
        if (!matcher.matches()) return null;
        var from = matcher.group(1);
        var to = matcher.group(2);
        if (from.isEmpty() && to.isEmpty()) return null;
        if (from.isEmpty()) {
            long count = Long.parseLong(to);
            if (count == 0 || size == 0) throw new Unsatisfiable();
            return new ByteRange(Math.max(0, size - count), size - 1);
        }
        long first = Long.parseLong(from);
        if (!to.isEmpty() && Long.parseLong(to) < first) return null;
        if (first >= size) throw new Unsatisfiable();
        return new ByteRange(first, to.isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(to)));
    }
}
