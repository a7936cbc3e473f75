package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.stage.Report;
import java.util.Set;

/** prepare taken back: hosts are as they were, byte by byte. */
final class Undone implements Chapter {
    @Override
    public String name() {
        return "undo";
    }

    @Override
    public Set<String> needs() {
        return Set.of("prepare");
    }

    @Override
    public void play(Hosts hosts, Report report) throws Report.ChapterBroken {
        report.step("undo shows what it would take back, and without a yes changes nothing", () -> {
            var prepared = HostState.ofAll(hosts);
            var said = hosts.prepare("-Dstrixhalo.undo");
            unless(said.exitCode() == 1, "exit code " + said.exitCode());
            unlessSaid(said, "-Dstrixhalo.yes");
            HostState.unlessSame(prepared, hosts);
        });
        report.step("undo leaves files, profiles, packages and groups as they were", () -> {
            unlessGood(hosts.prepare("-Dstrixhalo.undo", "-Dstrixhalo.yes"));
            HostState.unlessSame(hosts.asTheyWere(), hosts);
        });
        report.aside("a second undo finds nothing to take back, and says so", () -> {
            var said = hosts.prepare("-Dstrixhalo.undo", "-Dstrixhalo.yes");
            unless(said.exitCode() == 1, "exit code " + said.exitCode());
            unlessSaid(said, "undo");
            HostState.unlessSame(hosts.asTheyWere(), hosts);
        });
    }
}
