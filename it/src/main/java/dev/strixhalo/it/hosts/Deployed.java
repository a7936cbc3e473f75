package dev.strixhalo.it.hosts;

import static dev.strixhalo.it.stage.Mismatch.unless;
import static dev.strixhalo.it.stage.Mismatch.unlessGood;

import dev.strixhalo.it.bed.VirtualMachine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What build-image and deploy bring to both machines: Debian with perftest, our node script, and a stand-in for vLLM. */
final class Deployed {
    /** What deploy demands of a GPU's driver, and hands to the container: devices, here with nothing behind them. */
    private static final String GPU =
            "mkdir -p /dev/dri; for device in kfd dri/renderD128; do rm -f /dev/$device; mknod -m 666 /dev/$device c 1 3; done";

    private Deployed() {}

    static void deploy(Hosts hosts) throws Exception {
        for (var machine : hosts.all()) unlessGood(machine.asRoot("sh", "-ec", GPU));
        unlessGood(hosts.project()
                .maven("strixhalo:build-image", "strixhalo:deploy", "-Dstrixhalo.image.from=" + hosts.base()));
        for (var machine : hosts.all()) {
            var limit = unlessGood(machine.run("podman", "exec", container(machine), "sh", "-c", "ulimit -l"));
            unless(limit.text().equals("unlimited"), machine.name() + ": memlock " + limit.text());
        }
    }

    /** Whatever happened to what uses them: one that goes on holds up the end of the user's manager, and logins, for 90 s. */
    static void remove(Hosts hosts) throws Exception {
        var removed = hosts.project().maven("strixhalo:remove", "-Dstrixhalo.images");
        for (var machine : hosts.all()) unlessGood(machine.asRoot("rm", "-rf", "/dev/dri", "/dev/kfd"));
        unlessGood(removed);
        for (var machine : hosts.all()) {
            var left = unlessGood(machine.run("podman", "ps", "--all", "--quiet"));
            unless(left.out().isEmpty(), machine.name() + " still has containers: " + left.text());
        }
    }

    /** The name of the container there. */
    static String container(VirtualMachine machine) throws Exception {
        var names = unlessGood(
                machine.run("podman", "ps", "--filter=label=dev.strixhalo.cluster=strix", "--format={{.Names}}"));
        unless(names.out().size() == 1, machine.name() + " has these containers: " + names.out());
        return names.out().get(0);
    }

    /** @param how the stand-in's ranks move bytes from now on; null for what they say */
    static void moves(Hosts hosts, @Nullable String how) throws Exception {
        var file = "/tmp/stand-in-moves";
        var script = how == null ? "rm -f " + file : "echo " + how + " >" + file;
        for (var machine : hosts.all())
            unlessGood(machine.program(List.of("podman", "exec", container(machine), "sh", "-c", script))
                    .run());
    }
}
