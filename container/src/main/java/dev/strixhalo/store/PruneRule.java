package dev.strixhalo.store;

import java.time.Duration;

/**
 * What stays when a store is pruned: of each name the images used last, and everything used lately. Copies of the base's
 * blobs are dropped first: they stay only with images used lately.
 *
 * <p>Whatever anybody who has the store open may rely on stays in any case: see {@link ContentStore#prune}.
 *
 * @param imagesPerName how many images of a name stay, however old they are
 * @param usedWithin    images used within this time stay, however many they are
 */
public record PruneRule(int imagesPerName, Duration usedWithin) {
    /** Three images per name and everything of the last fourteen days. */
    public static final PruneRule DEFAULT = new PruneRule(3, Duration.ofDays(14));

    /** Nothing stays but what is in use. */
    public static final PruneRule EVERYTHING = new PruneRule(0, Duration.ZERO);

    public PruneRule {
        if (imagesPerName < 0) throw new IllegalArgumentException("a negative number of images");
        if (usedWithin.isNegative()) throw new IllegalArgumentException("a negative time");
    }
}
