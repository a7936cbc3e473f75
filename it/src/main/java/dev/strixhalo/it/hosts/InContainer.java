package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;
import static dev.strixhalo.it.stage.Mismatch.unlessSaid;

import dev.strixhalo.it.bed.VirtualMachine;
import dev.strixhalo.it.stage.Report;
import java.util.List;
import java.util.Set;

/** verify inside a container with the flags of the cluster's: devices, memlock and the verbs are proved there, not on the host. */
final class InContainer implements Chapter {
    private static final String NAME = "strix-service";

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
        report.step(
                "a container of the cluster runs on both, without root, with RDMA devices and memlock unlimited",
                () -> {
                    for (var machine : hosts.all()) {
                        start(machine);
                        var limit = unlessGood(machine.run("podman", "exec", NAME, "sh", "-c", "ulimit -l"));
                        unless(limit.text().equals("unlimited"), machine.name() + ": memlock " + limit.text());
                    }
                });
        report.step("verify measures inside it, and the port's own counters say that it was RDMA", () -> {
            var said = unlessGood(Measured.verify(hosts));
            unlessSaid(said, "container");
            var rdma = Measured.row(hosts, "rdma");
            unless(rdma.toString().contains("rxe0"), "no verbs device: " + rdma);
        });
        report.aside("the containers go again", () -> {
            for (var machine : hosts.all()) unlessGood(machine.run("podman", "rm", "--force", "--time=1", NAME));
        });
    }

    private static void start(VirtualMachine machine) throws Exception {
        unlessGood(machine.program(List.of(
                        "podman",
                        "run",
                        "--detach",
                        "--name=" + NAME,
                        "--label=dev.strixhalo.cluster=strix",
                        "--device=/dev/infiniband",
                        "--ulimit=memlock=-1",
                        "--group-add=keep-groups",
                        "--security-opt=seccomp=unconfined",
                        "--network=host",
                        "--ipc=host",
                        "--rootfs",
                        "/srv/service",
                        "sleep",
                        "infinity"))
                .run());
    }
}
