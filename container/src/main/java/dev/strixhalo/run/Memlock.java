package dev.strixhalo.run;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.regex.Pattern;

/**
 * How much memory a process may lock; RDMA pins what it sends from (setup guide, section 5.2).
 *
 * @param bytes the limit, or −1 for none
 */
public record Memlock(long bytes) {
    public static final Memlock UNLIMITED = new Memlock(-1);

    private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\s*([kKmMgG]?)(?:i?[bB])?");

    public Memlock {
        if (bytes < -1) throw new IllegalArgumentException("memlock " + bytes);
    }

    /**
     * Reads {@code unlimited}, {@code -1}, or bytes with an optional k, m or g (powers of 1024).
     *
     * @throws StrixhaloException when it is none of them
     */
    public static Memlock parse(String text) throws StrixhaloException {
        var word = text.strip();
        if (word.equals("unlimited") || word.equals("-1")) return UNLIMITED;
        var match = FORM.matcher(word);
        if (match.matches()) {
            int shift = switch (match.group(2)) {
                case "k", "K" -> 10;
                case "m", "M" -> 20;
                case "g", "G" -> 30;
                default -> 0;
            };
            long count = Long.parseLong(match.group(1));
            if (count <= Long.MAX_VALUE >> shift) return new Memlock(count << shift);
        }
        throw Problem.of("<memlock> is '%s', which is no amount of memory.".formatted(text))
                .fix("'unlimited', or bytes with k, m or g, for example <memlock>8m</memlock>")
                .asException();
    }

    public boolean unlimited() {
        return bytes == -1;
    }

    /** Whether a process under this limit may lock that much. */
    public boolean allows(Memlock wanted) {
        return unlimited() || !wanted.unlimited() && wanted.bytes <= bytes;
    }

    @Override
    public String toString() {
        if (unlimited()) return "unlimited";
        if (bytes % (1 << 20) == 0) return (bytes >> 20) + " MiB";
        return bytes % 1024 == 0 ? (bytes >> 10) + " KiB" : bytes + " B";
    }
}
