package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;

import dev.strixhalo.it.stage.Report;

/** doctor on hosts as an installer leaves them: it finds what is really wrong there. */
final class RawHosts implements Chapter {
    @Override
    public String name() {
        return "raw";
    }

    @Override
    public void play(Hosts hosts, Report report) throws Report.ChapterBroken {
        report.step("doctor finds what is wrong on hosts that nobody has prepared", () -> {
            var said = hosts.project().maven("strixhalo:doctor");
            unless(said.exitCode() == 1, "exit code " + said.exitCode());
        });
    }
}
