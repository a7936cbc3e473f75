package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;

import dev.strixhalo.it.bed.VirtualMachine;
import java.util.List;

/** A container on each machine with the flags of the cluster's, in the role of the service. */
final class Containers {
    static final String NAME = "strix-service";

    private Containers() {}

    /** Starts them; devices, memlock and the user are what those of deploy have. */
    static void start(Hosts hosts) throws Exception {
        for (var machine : hosts.all()) {
            start(machine);
            var limit = unlessGood(machine.run("podman", "exec", NAME, "sh", "-c", "ulimit -l"));
            unless(limit.text().equals("unlimited"), machine.name() + ": memlock " + limit.text());
        }
    }

    /** Whatever happened to what uses them: one that goes on holds up the end of the user's manager, and logins, for 90 s. */
    static void remove(Hosts hosts) throws Exception {
        for (var machine : hosts.all())
            unlessGood(machine.run("podman", "rm", "--force", "--ignore", "--time=1", NAME));
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
