package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.stage.Report;
import java.util.Set;
import java.util.TreeSet;

/** doctor on hosts as an installer leaves them: it finds what is really wrong there, and changes nothing. */
final class RawHosts implements Chapter {
    /** What emulated machines cannot have, before and after all that prepare does. */
    static final Set<String> NO_GPU = Set.of("gpu-target", "gpu-devices");

    /** What Debian's installer leaves wrong for a cluster. */
    private static final Set<String> RAW = Set.of(
            "rdma-programs",
            "fabric-interface",
            "verbs-device",
            "memlock",
            "manager-memlock",
            "groups",
            "linger",
            "logind");

    /** Where podman has no storage yet it would choose vfs; an emulated podman may not say so within a probe's time. */
    private static final Set<String> MAY_BE = Set.of("storage-driver");

    /** Checks on both nodes, as a report names them. */
    static TreeSet<String> onBoth(Set<String> checks) {
        var all = new TreeSet<String>();
        for (var check : checks) for (var node : Set.of("node1", "node2")) all.add(check + " " + node);
        return all;
    }

    @Override
    public String name() {
        return "raw";
    }

    @Override
    public void play(Hosts hosts, Report report) throws Report.ChapterBroken {
        report.aside("doctor finds what is wrong on hosts that nobody has prepared, and changes nothing", () -> {
            var before = HostState.ofAll(hosts);
            var said = Findings.doctor(hosts);
            unlessSaid(said, "checks of doctor failed.");
            var expected = onBoth(RAW);
            expected.addAll(onBoth(NO_GPU));
            Findings.unlessFailing(hosts, expected, onBoth(MAY_BE));
            HostState.unlessSame(before, hosts);
            // podman's first call would choose the storage's driver for good.
            for (var machine : hosts.all()) unlessGood(machine.run("test", "!", "-e", ".local/share/containers"));
        });
    }
}
