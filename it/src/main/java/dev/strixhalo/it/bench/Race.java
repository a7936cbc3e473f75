package dev.strixhalo.it.bench;

/**
 * One row of the table: what is measured, and against whom.
 *
 * @param what  that is measured, in a few words
 * @param rival what a user would do instead, or {@link #ALONE}
 */
record Race(String what, String rival, Unit unit, Aim aim) {
    /** The rival of a figure that stands for itself. */
    static final String ALONE = "";

    boolean alone() {
        return rival.equals(ALONE);
    }
}
