package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.stage.Report;
import java.time.Duration;
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
            // The journal has steps of the run before, which was taken back.
            unlessGood(hosts.node1().asRoot("touch", "/run/before"));
            try (var running = hosts.startPrepare("-Dstrixhalo.yes")) {
                running.await(
                        "the first steps on node1",
                        () -> hosts.node1()
                                .asRoot(
                                        "sh",
                                        "-c",
                                        "find /var/lib/strixhalo/journal -newer /run/before -name '*memlock*' | grep .")
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
        report.step("both boot as they were before, without the kernel's arguments", () -> {
            for (var machine : hosts.all()) {
                unlessGood(machine.asRoot("sync"));
                machine.powerOff();
                machine.powerOn();
            }
            for (var machine : hosts.all()) {
                machine.awaitBoot(Hosts.BOOT);
                var arguments = unlessGood(machine.run("cat", "/proc/cmdline")).text();
                unless(!arguments.contains("iommu=pt"), machine.name() + ": " + arguments);
            }
        });
        report.step("prepare without a word of reboots does none, and says that one is due", () -> {
            var boots = hosts.boots();
            unlessSaid(
                    unlessGood(hosts.prepare("-Dstrixhalo.yes")), "node1: a reboot is due", "node2: a reboot is due");
            unless(hosts.boots().equals(boots), "a machine was booted");
        });
        report.step("a machine that does not come back is told, and the other one is not booted", () -> {
            var boots = hosts.boots();
            try (var running = hosts.startPrepare("-Dstrixhalo.reboot", "-Dstrixhalo.rebootTimeout=1")) {
                running.awaitSaid("going down");
                running.await(
                        "sshd of node1 to end",
                        () -> !hosts.node1().asRoot("true").succeeded());
                hosts.node1().powerOff();
                var ended = running.end(Duration.ofMinutes(4));
                unless(ended.exitCode() == 1, "exit code " + ended.exitCode());
                unlessSaid(ended, "node1: The node did not come back within 1 min.", "not rebooted: node2");
            }
            hosts.node1().powerOn();
            hosts.node1().awaitBoot(Hosts.BOOT);
            unless(hosts.boots().get(1).equals(boots.get(1)), "node2 was booted, too");
            unlessGood(hosts.prepare("-Dstrixhalo.undo", "-Dstrixhalo.yes"));
            HostState.unlessSame(hosts.asTheyWere(), hosts);
        });
    }
}
