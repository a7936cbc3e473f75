package dev.strixhalo.rdma;

/**
 * What a completion must have moved between two ranks at least: every layer adds up two partial sums over all ranks, after
 * attention and after the feed-forward part, each of one value per hidden dimension and token.
 *
 * @param bytes    each way; -1 when nobody knows the model's size
 * @param messages all-reduces; -1 when nobody knows the model's size
 * @param why      why it is unknown, a part of a sentence; empty when it is known
 */
public record Expectation(long bytes, long messages, String why) {
    public Expectation {
        if ((bytes > 0 && messages > 0) != why.isEmpty()) throw new IllegalArgumentException("a number or a reason");
    }

    /**
     * 2 · layers · hidden · bytes per value · tokens.
     *
     * @param layers   of the model
     * @param hidden   width between the layers
     * @param perValue bytes of a value
     * @param tokens   that were generated
     */
    public static Expectation of(int layers, int hidden, int perValue, int tokens) {
        long messages = 2L * layers * tokens;
        return new Expectation(messages * hidden * perValue, messages, "");
    }

    /** @param why a part of a sentence */
    public static Expectation unknown(String why) {
        return new Expectation(-1, -1, why);
    }

    public boolean known() {
        return why.isEmpty();
    }

    /**
     * How many bytes each way prove it: half. Some families of models fuse the two sums of a layer into one, and vLLM may
     * compute in a smaller type than we think; TCP that is none of it stays far below.
     */
    long enoughBytes() {
        return known() ? Math.max(1, bytes / 2) : 1;
    }

    /** How many packets each way prove it: half of the all-reduces, since none takes less than a packet. */
    long enoughPackets() {
        return known() ? Math.max(1, messages / 2) : 1;
    }
}
