package dev.strixhalo.it.rehearsal;

import dev.strixhalo.base.Program;
import dev.strixhalo.it.bed.Bed;
import dev.strixhalo.it.bed.BedSettings;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Report;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** However a bed ends, nothing is left of it: beds of their own, before the one that the other chapters play on. */
final class Ends {
    static final String NAME = "ends";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path cache;
    private final BedSettings settings;

    Ends(Path cache) {
        this.cache = cache;
        this.settings = BedSettings.in(cache);
    }

    /** Something that ends a bed. */
    private interface End {
        void of(Bed bed) throws Exception;
    }

    void play(Report report) {
        report.aside("closed, a bed leaves nothing", () -> leavesNothing(Bed::close));
        report.aside(
                "its first process killed, a bed leaves nothing",
                () -> leavesNothing(bed -> bed.supervisor().destroyForcibly()));
        report.aside(
                "the process that watches it killed, a bed leaves nothing",
                () -> leavesNothing(bed -> bed.janitor().destroyForcibly()));
        report.aside("the Java that made it killed, a bed leaves nothing", this::orphan);
    }

    private void leavesNothing(End end) throws Exception {
        var before = Traces.of(settings.folder());
        var bed = Bed.create(settings);
        // Something that must be ended, not only unmounted: a process of the plain user, beyond any session.
        bed.node("node1")
                .run("sh", "-c", "setsid --fork sleep 600 </dev/null >/dev/null 2>&1")
                .orFail();
        var networks = Traces.networks(bed.janitor());
        Mismatch.unless(networks.size() >= 4, "the bed's switch and machines are in " + networks);
        end.of(bed);
        await(before, networks);
    }

    /** Another Java makes the bed, and is killed. */
    private void orphan() throws Exception {
        var before = Traces.of(settings.folder());
        var java = ProcessHandle.current().info().command().orElse("java");
        var holder = Program.of(List.of(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        BedHolder.class.getName(),
                        cache.toString()))
                .start();
        Set<String> networks;
        try (var said = new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
            var line = said.readLine();
            Mismatch.unless(BedHolder.UP.equals(line), "the other Java said: " + line);
            networks = Traces.networks(Bed.attach(settings).janitor());
        } finally {
            holder.destroyForcibly();
        }
        await(before, networks);
    }

    private void await(Traces before, Set<String> networks) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var left = Traces.of(settings.folder()).beyond(before);
            var inhabited = Traces.inhabited(networks);
            if (left.isEmpty() && inhabited.isEmpty()) return;
            Mismatch.unless(System.nanoTime() < deadline, "still there: " + left + " " + inhabited);
            Thread.sleep(100);
        }
    }
}
