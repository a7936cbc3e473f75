package dev.strixhalo.it.rccl;

import dev.strixhalo.it.stage.Report;

/** A part of the proof: steps of which each may need the one before it. */
interface Chapter {
    /** One word, for {@code --only}. */
    String name();

    /** Plays all steps; the first one that fails ends the chapter unless it stands aside. */
    void play(Workshop workshop, Report report) throws Report.ChapterBroken;
}
