package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.base.Program;
import dev.strixhalo.it.bed.VirtualMachine;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** verify inside the deployed container: devices, memlock and the verbs are proved there, not on the host. */
final class InContainer implements Chapter {
    /** Of node2, as the pom says. */
    private static final String FABRIC = "192.168.100.2";

    private static final String SCRIPT = "/opt/compare_eth_vs_rdma.sh";

    @Override
    public String name() {
        return "container";
    }

    @Override
    public boolean mishaps() {
        return true;
    }

    @Override
    public Set<String> needs() {
        return Set.of("prepare");
    }

    @Override
    public void play(Hosts hosts, Report report) throws Report.ChapterBroken {
        try {
            report.step(
                    "what was deployed runs on both, without root, with RDMA devices and memlock unlimited",
                    () -> Deployed.deploy(hosts));
            // The stand-in for torch computes nothing.
            report.step("verify measures inside it, and the port's own counters say that it was RDMA", () -> {
                var said = unlessGood(Measured.verify(hosts, "-Dstrixhalo.verify.skipPaths=all-reduce"));
                for (var machine : hosts.all()) unlessSaid(said, machine.name() + " " + Deployed.container(machine));
                var rdma = Measured.row(hosts, "rdma");
                unless(rdma.toString().contains("rxe0"), "no verbs device: " + rdma);
            });
            report.aside(
                    "the image's own comparison tells the same rows from inside, RDMA among them",
                    () -> compared(hosts));
            report.aside("an undo, which would end it, is refused while it runs, and nothing is changed", () -> {
                var prepared = HostState.ofAll(hosts);
                var said = hosts.prepare("-Dstrixhalo.undo", "-Dstrixhalo.yes");
                unless(said.exitCode() == 1, "exit code " + said.exitCode());
                unlessSaid(said, "node1: Taking run", "1 container of 'strix' runs", "mvn strixhalo:remove");
                HostState.unlessSame(prepared, hosts);
            });
        } finally {
            report.aside("remove takes containers and images off both", () -> Deployed.remove(hosts));
        }
    }

    /** A server on one node and the comparison on the other, as somebody in the toolbox would. */
    private static void compared(Hosts hosts) throws Exception {
        var server =
                hosts.node2().program(inside(hosts.node2(), SCRIPT, "--server")).start();
        try {
            awaitServer(hosts.node2());
            // Debian lets no container ping; the comparison says so, with this line.
            unlessGood(hosts.node1().asRoot("sysctl", "net.ipv4.ping_group_range=0 2147483647"));
            var said = unlessGood(hosts.node1()
                    .program(inside(hosts.node1(), SCRIPT, FABRIC, hosts.node2().lanAddress()))
                    .timeout(Duration.ofMinutes(3))
                    .run());
            for (var row : List.of(
                    "Ethernet \\(LAN\\) +[0-9.]+ ms +[0-9.]+ Gbps",
                    "Ethernet \\(RoCE NIC\\) +[0-9.]+ ms +[0-9.]+ Gbps",
                    "RDMA \\(RoCE\\) +[0-9.]+ us +[0-9.]+ Gbps")) {
                unless(
                        said.out().stream().anyMatch(line -> line.strip().matches(row)),
                        "no row " + row + ":\n" + said.text());
            }
        } finally {
            Program.endTree(server.toHandle());
            hosts.node1().asRoot("sysctl", "net.ipv4.ping_group_range=1 0");
            // What runs in a container outlives the SSH session that asked for it.
            hosts.node2().run("podman", "exec", Deployed.container(hosts.node2()), "pkill", "-f", SCRIPT);
        }
    }

    /** Emulated verbs are slow: few exchanges instead of seconds. */
    private static List<String> inside(VirtualMachine machine, String... words) throws Exception {
        var argv = new ArrayList<>(List.of("podman", "exec", "--env=COMPARE_ROUNDS=50", "--env=COMPARE_SECONDS=3"));
        argv.add(Deployed.container(machine));
        argv.addAll(List.of(words));
        return argv;
    }

    private static void awaitServer(VirtualMachine machine) throws Exception {
        for (int i = 0; i < 60; i++) {
            var listening = unlessGood(machine.run("podman", "exec", Deployed.container(machine), "ss", "-Hltn"));
            if (listening.text().contains(":28700 ") && listening.text().contains(":28701 ")) return;
            Thread.sleep(500);
        }
        throw new Mismatch(machine.name() + ": the servers of the comparison do not listen");
    }
}
