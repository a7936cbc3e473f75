package dev.strixhalo.it.rehearsal;

import dev.strixhalo.it.stage.Report;
import dev.strixhalo.it.stage.Stage;
import java.util.Set;

/** A part of the rehearsal: steps of which each needs the one before it. */
interface Chapter {
    /** One word, for {@code --only}. */
    String name();

    /** Names of the chapters without which this one makes no sense. */
    default Set<String> needs() {
        return Set.of();
    }

    /** Whether it is played with {@code --all} only: what nobody does on purpose, and what few do. */
    default boolean mishaps() {
        return false;
    }

    /** Plays all steps; the first one that fails ends the chapter. */
    void play(Stage stage, Report report) throws Report.ChapterBroken;
}
