package dev.strixhalo.rdma;

import java.util.List;

/**
 * By what the ranks of a model were seen to speak to each other.
 *
 * @param outcome  what was found
 * @param wanted   whether that is what the link of the cluster promises
 * @param evidence what it rests on, or why it is no more, for people
 * @param expected bytes that the answer must have moved each way; -1 when the model's size is not known
 * @param warnings traffic that went where it should not, in sentences
 */
public record Verdict(Outcome outcome, boolean wanted, String evidence, long expected, List<String> warnings) {
    /** What the evidence says. */
    public enum Outcome {
        /** RDMA: RCCL says so, and the counters of the RDMA ports agree. */
        RDMA,
        /** TCP: RCCL says so, or the bytes were seen on a network interface. */
        TCP,
        /** Neither is proved. */
        NOT_PROVABLE,
        /** One rank speaks to nobody. */
        NOTHING
    }

    public Verdict {
        warnings = List.copyOf(warnings);
    }

    /** {@code proved: …}, {@code NOT PROVED: …}, for a screen. */
    public String told() {
        return told("");
    }

    /** @param when {@code " at launch"}, for a screen that shows more than one */
    public String told(String when) {
        if (outcome == Outcome.NOTHING) return evidence;
        return (wanted ? "proved" : "NOT PROVED") + when + ": " + evidence;
    }
}
