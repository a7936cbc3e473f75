package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.stage.Report;
import java.util.Set;

/** What happens to prepared hosts: each fault is found by name, from the same two running machines. */
final class Faults implements Chapter {
    private static final String WELL = "well";

    @Override
    public String name() {
        return "faults";
    }

    @Override
    public Set<String> needs() {
        return Set.of("prepare");
    }

    @Override
    public void play(Hosts hosts, Report report) throws Report.ChapterBroken {
        report.step("both machines are kept as they are", () -> Snapshots.save(hosts, WELL));
        fault(report, hosts, "the cable is pulled on one side", Set.of("fabric-interface node2"), () -> {
            try (var monitor = hosts.node2().monitor()) {
                monitor.cable("fabric-card", false);
            }
        });
        fault(
                report,
                hosts,
                "one side has the MTU of plain Ethernet",
                Set.of("mtu node1", "mtu node2"),
                () -> onFabric(hosts, "ip link set \"$card\" mtu 1500"));
        fault(
                report,
                hosts,
                "one side has lost its address",
                Set.of("fabric-interface node1", "mtu-proof node2"),
                () -> onFabric(hosts, "ip -4 addr flush dev \"$card\""));
        fault(
                report,
                hosts,
                "one clock is a day behind",
                Set.of("clock node2"),
                () -> hosts.node2().asRoot("date", "-s", "-1 day").orFail());
        report.aside("a second address moves the table of GIDs: the index is found again, and nothing fails", () -> {
            onFabric(
                    hosts,
                    "ip addr add fe80::7/64 dev \"$card\"; ip addr del 192.168.100.1/30 dev \"$card\";"
                            + " ip addr add 192.168.100.9/30 dev \"$card\"; ip addr add 192.168.100.1/30 dev \"$card\"");
            Findings.doctor(hosts);
            Findings.unlessFailing(hosts, Prepared.EXPECTED);
            Snapshots.load(hosts, WELL);
        });
    }

    private interface Accident {
        void happen() throws Exception;
    }

    /** Lets it happen, demands that doctor names it, and takes the machines back. */
    private static void fault(Report report, Hosts hosts, String sentence, Set<String> named, Accident accident) {
        report.aside(sentence + ": doctor names " + String.join(", ", named), () -> {
            try {
                accident.happen();
                Findings.doctor(hosts);
                var failing = Findings.with(hosts, "fail");
                unless(failing.containsAll(named), "fails: " + failing);
            } finally {
                Snapshots.load(hosts, WELL);
            }
        });
    }

    /** A script for root of the first node that knows its fabric's interface. */
    private static void onFabric(Hosts hosts, String script) throws StrixhaloException {
        hosts.node1()
                .asRoot(
                        "sh",
                        "-ec",
                        "card=$(ip -o -4 addr show to 192.168.100.1 | awk '{ print $2 }'); test -n \"$card\"; "
                                + script)
                .orFail();
    }
}
