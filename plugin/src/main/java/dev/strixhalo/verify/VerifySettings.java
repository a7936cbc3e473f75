package dev.strixhalo.verify;

import java.util.Map;
import java.util.Set;

/**
 * How the link is measured.
 *
 * @param where        where the tools run
 * @param lanAddresses of nodes by name, in the place of those that our logins came in by
 * @param skip         paths to leave out
 * @param seconds      that one measurement of bandwidth takes, 3 to 60
 * @param rdmaRounds   exchanges of each measurement over RDMA instead of seconds, 5 to 1000000; 0 leaves it at the seconds
 * @param limits       to judge by
 */
public record VerifySettings(
        Where where, Map<String, String> lanAddresses, Set<LinkPath> skip, int seconds, int rdmaRounds, Limits limits) {
    /** Fewest seconds: perftest leaves out the first and the last. */
    public static final int LEAST_SECONDS = 3;

    public static final int MOST_SECONDS = 60;

    /** As perftest has it. */
    public static final int LEAST_ROUNDS = 5;

    public static final int MOST_ROUNDS = 1_000_000;

    public VerifySettings {
        lanAddresses = Map.copyOf(lanAddresses);
        skip = Set.copyOf(skip);
        if (seconds < LEAST_SECONDS || seconds > MOST_SECONDS) throw new IllegalArgumentException(seconds + " seconds");
        if (rdmaRounds != 0 && (rdmaRounds < LEAST_ROUNDS || rdmaRounds > MOST_ROUNDS)) {
            throw new IllegalArgumentException(rdmaRounds + " rounds");
        }
    }

    /** Where the tools run. */
    public enum Where {
        /** In the cluster's container where one runs and has the tool, else on the node itself. */
        AUTO,
        /** In the cluster's container. */
        CONTAINER,
        /** On the node itself. */
        HOST
    }
}
