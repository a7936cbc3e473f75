package dev.strixhalo.it.hosts;

import dev.strixhalo.it.stage.Report;
import java.util.Set;

/** A part of the rehearsal: steps of which each may need the one before it. */
interface Chapter {
    /** One word, for {@code --only}. */
    String name();

    /** Names of the chapters without which this one makes no sense. */
    default Set<String> needs() {
        return Set.of();
    }

    /** Whether it is played with {@code --all} only. */
    default boolean mishaps() {
        return false;
    }

    /** Plays all steps; the first one that fails ends the chapter unless it stands aside. */
    void play(Hosts hosts, Report report) throws Report.ChapterBroken;
}
