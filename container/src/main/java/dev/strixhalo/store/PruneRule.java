package dev.strixhalo.store;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.time.Duration;
import java.util.Optional;

/**
 * What stays when a store is pruned: of each name the images used last, and everything put or used lately. Copies of the base's
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

    /**
     * Reads what a user says: {@code old} or {@code all}; {@code none} is no rule.
     *
     * @throws StrixhaloException for any other word
     */
    public static Optional<PruneRule> parse(String text) throws StrixhaloException {
        return switch (text.strip()) {
            case "old" -> Optional.of(DEFAULT);
            case "all" -> Optional.of(EVERYTHING);
            case "none" -> Optional.empty();
            default ->
                throw Problem.of("<prune> is '%s'; it must be old, all or none.".formatted(text))
                        .fix(
                                "old: three images of each name and all of the last 14 days stay; all: nothing that is not in"
                                        + " use stays; none: everything stays")
                        .asException();
        };
    }

    public PruneRule {
        if (imagesPerName < 0) throw new IllegalArgumentException("a negative number of images");
        if (usedWithin.isNegative()) throw new IllegalArgumentException("a negative time");
    }
}
