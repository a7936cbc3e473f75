package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.stage.Report;
import java.util.List;
import java.util.Set;

/** prepare: the plan first, then all of it with a boot of both machines; a second one has nothing to do. */
final class Prepared implements Chapter {
    /** What fails on a machine that is prepared and has no GPU. */
    static final Set<String> EXPECTED = RawHosts.onBoth(RawHosts.NO_GPU);

    @Override
    public String name() {
        return "prepare";
    }

    @Override
    public void play(Hosts hosts, Report report) throws Report.ChapterBroken {
        report.step("what the hosts are like is noted", hosts::asTheyWere);
        report.step("a dry run shows the plan with its reasons, and changes nothing", () -> {
            var said = unlessGood(hosts.project().maven("strixhalo:prepare", "-Dstrixhalo.dryRun"));
            unlessSaid(said, "memlock", "rdma-core", "9000", "iommu=pt", "linger");
            HostState.unlessSame(hosts.asTheyWere(), hosts);
        });
        report.step("prepare with a yes: applied on both, booted again one by one, examined again", () -> {
            var boots = hosts.boots();
            var said = unlessGood(hosts.prepare("-Dstrixhalo.yes", "-Dstrixhalo.reboot"));
            var after = hosts.boots();
            for (int n = 0; n < boots.size(); n++)
                unless(!boots.get(n).equals(after.get(n)), hosts.all().get(n).name() + " was not booted again");
        });
        report.step("doctor finds nothing wrong any more but what emulation cannot have", () -> {
            Findings.doctor(hosts);
            Findings.unlessFailing(hosts, EXPECTED);
        });
        report.aside("each machine logs in on the other without a password, by either address", () -> {
            for (var machine : hosts.all()) {
                for (var other : hosts.all()) {
                    if (other.name().equals(machine.name())) continue;
                    var fabric = "192.168.100." + (hosts.all().indexOf(other) + 1);
                    for (var address : List.of(fabric, other.lanAddress())) {
                        var said = unlessGood(machine.run("ssh", "-o", "BatchMode=yes", address, "hostname"));
                        unless(
                                said.text().equals(other.name()),
                                machine.name() + " at " + address + ": " + said.text());
                    }
                }
            }
        });
        report.step("a second prepare has nothing to do", () -> {
            var prepared = HostState.ofAll(hosts);
            unlessSaid(unlessGood(hosts.prepare()), "nothing to do");
            HostState.unlessSame(prepared, hosts);
        });
    }
}
