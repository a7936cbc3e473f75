package dev.strixhalo.it.hosts;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.base.Program;
import dev.strixhalo.it.stage.Mismatch;
import java.util.Set;
import java.util.TreeSet;

/** What the last doctor said, from its own report. */
final class Findings {
    private Findings() {}

    /** Runs doctor; its exit code has to fit what it found. */
    static Program.Result doctor(Hosts hosts) throws Exception {
        var said = hosts.project().maven("strixhalo:doctor");
        Mismatch.unless(
                said.exitCode() == (with(hosts, "fail").isEmpty() ? 0 : 1),
                "exit code " + said.exitCode() + "\n" + Mismatch.said(said));
        return said;
    }

    /** Check and node of all findings with this verdict: {@code memlock node1}. */
    static Set<String> with(Hosts hosts, String verdict) throws Exception {
        var report = new ObjectMapper().readTree(hosts.project().read("target/strixhalo/doctor.json"));
        var found = new TreeSet<String>();
        for (var finding : report.path("findings")) {
            if (!finding.path("verdict").asText().equals(verdict)) continue;
            found.add(
                    finding.path("check").asText() + " " + finding.path("node").asText());
        }
        Mismatch.unless(report.path("findings").size() > 20, "a report of few findings: " + report);
        return found;
    }

    /** Demands that exactly these checks fail on these nodes, and says which are too many or too few. */
    static void unlessFailing(Hosts hosts, Set<String> expected) throws Exception {
        unlessFailing(hosts, expected, Set.of());
    }

    /** The same, where some more may fail and need not. */
    static void unlessFailing(Hosts hosts, Set<String> expected, Set<String> allowed) throws Exception {
        var failing = with(hosts, "fail");
        var surprising = new TreeSet<>(failing);
        surprising.removeAll(expected);
        surprising.removeAll(allowed);
        var missing = new TreeSet<>(expected);
        missing.removeAll(failing);
        Mismatch.unless(
                surprising.isEmpty() && missing.isEmpty(),
                "fails and should not: %s; should fail and does not: %s".formatted(surprising, missing));
    }
}
