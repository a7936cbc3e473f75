package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;

import dev.strixhalo.it.stage.Report;
import java.util.Set;

/** A machine loses its power while it is prepared: what its journal has is enough to take it back, or to go on. */
final class PowerCut implements Chapter {
    @Override
    public String name() {
        return "powercut";
    }

    @Override
    public boolean mishaps() {
        return true;
    }

    @Override
    public Set<String> needs() {
        return Set.of("undo");
    }

    @Override
    public void play(Hosts hosts, Report report) throws Report.ChapterBroken {
        report.step("one machine loses its power in the middle of prepare, which says so", () -> {
            try (var running = hosts.startPrepare("-Dstrixhalo.yes")) {
                running.await(
                        "the first steps on node1",
                        () -> hosts.node1()
                                .asRoot("sh", "-c", "find /var/lib/strixhalo/journal -name '*memlock*' | grep .")
                                .succeeded());
                hosts.node1().powerOff();
                unless(running.end().exitCode() == 1, "prepare ended well");
            }
            hosts.node1().powerOn();
            hosts.node1().awaitBoot(Hosts.BOOT);
        });
        report.step("undo takes back what was done on both, from their journals", () -> {
            unlessGood(hosts.prepare("-Dstrixhalo.undo", "-Dstrixhalo.yes"));
            HostState.unlessSame(hosts.asTheyWere(), hosts);
        });
    }
}
