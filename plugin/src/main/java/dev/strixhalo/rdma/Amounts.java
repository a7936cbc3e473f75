package dev.strixhalo.rdma;

/**
 * What went through a port or an interface, seen from its node.
 *
 * @param in  received
 * @param out sent
 */
public record Amounts(long in, long out) {
    public Amounts {
        if (in < 0 || out < 0)
            throw new IllegalArgumentException("less than nothing: %d in, %d out".formatted(in, out));
    }

    /** What went at least each way. */
    public long eachWay() {
        return Math.min(in, out);
    }
}
