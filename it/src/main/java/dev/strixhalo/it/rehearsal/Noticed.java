package dev.strixhalo.it.rehearsal;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.base.Amount;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Stage;
import java.time.Duration;

/** A process of a served model is killed, and the very next status must tell of it, in time. */
final class Noticed {
    private static final Duration IN_TIME = Duration.ofSeconds(10);

    private final Stage stage;
    /** On a machine that is busy with other things Maven alone may take longer than the time that is allowed. */
    private final Duration allowed;

    /** Measures what a status takes here that has nothing to tell. */
    Noticed(Stage stage) throws Exception {
        this.stage = stage;
        long begun = System.nanoTime();
        unlessGood(stage.project().maven("strixhalo:status"));
        var usual = Duration.ofNanos(System.nanoTime() - begun);
        this.allowed = usual.multipliedBy(2).compareTo(IN_TIME) > 0 ? usual.multipliedBy(2) : IN_TIME;
    }

    /** Kills the oldest process whose command line matches; status must then fail, and say all of these words. */
    void kill(Machine node, String pattern, String... words) throws Exception {
        long killed = System.nanoTime();
        Processes.kill(node, pattern);
        var said = stage.project().maven("strixhalo:status");
        var took = Duration.ofNanos(System.nanoTime() - killed);
        if (said.exitCode() != 1) throw Mismatch.of("exit code " + said.exitCode() + " and not 1", said);
        unlessSaid(said, "NOT ANSWERING");
        for (var word : words) unlessSaid(said, word);
        unless(
                took.compareTo(allowed) <= 0,
                "it took %s, allowed: %s".formatted(Amount.time(took), Amount.time(allowed)));
    }
}
