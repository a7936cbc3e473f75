package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Report;
import java.util.List;

/** prepare that nobody agreed to, or whose password is wrong: told, and nothing is changed on any host. */
final class Refused implements Chapter {
    @Override
    public String name() {
        return "refused";
    }

    @Override
    public boolean mishaps() {
        return true;
    }

    @Override
    public void play(Hosts hosts, Report report) throws Report.ChapterBroken {
        report.step("what the hosts are like is noted", hosts::asTheyWere);
        report.aside("nobody said yes: nothing is changed, and it is told how to say so", () -> {
            var said = hosts.prepare();
            unless(said.exitCode() == 1, "exit code " + said.exitCode());
            unlessSaid(said, "-Dstrixhalo.yes");
            HostState.unlessSame(hosts.asTheyWere(), hosts);
        });
        report.aside("with a wrong password for sudo nothing is changed; it is tried once, and no log has it", () -> {
            var word = "not-this-one-81";
            var said = hosts.project()
                    .goals(List.of("STRIXHALO_SUDO_PASSWORD=" + word), List.of("strixhalo:prepare", "-Dstrixhalo.yes"))
                    .run();
            unless(said.exitCode() == 1, "exit code " + said.exitCode());
            unlessSaid(said, "node2: sudo refused the password of 'strix'; it was tried once.");
            unless(!Mismatch.said(said).contains(word), "the password is on the screen");
            HostState.unlessSame(hosts.asTheyWere(), hosts);
            var log = unlessGood(hosts.node2().asRoot("journalctl", "--boot", "--output=cat"));
            long tries = log.out().stream()
                    .filter(line -> line.contains("incorrect password attempt"))
                    .count();
            unless(
                    tries == 1 && log.text().contains("1 incorrect password attempt"),
                    "sudo was asked more than once:\n" + log.text());
            unless(!log.text().contains(word), "the password is in node2's journal");
        });
    }
}
