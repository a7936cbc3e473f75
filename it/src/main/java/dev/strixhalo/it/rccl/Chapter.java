package dev.strixhalo.it.rccl;

import dev.strixhalo.it.rehearsal.Report;

/** A part of the proof: steps of which each may need the one before it. */
interface Chapter {
    /** One word, for {@code --only}. */
    String name();

    /** Whether it is played only when it is named. */
    default boolean onDemand() {
        return false;
    }

    /** Plays all steps; the first one that fails ends the chapter unless it stands aside. */
    void play(Workshop workshop, Report report) throws Report.ChapterBroken;
}
