package dev.strixhalo.it.hosts;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Bed;
import dev.strixhalo.it.bed.Machine;
import dev.strixhalo.it.bed.UpstreamRegistry;
import dev.strixhalo.it.bed.VirtualMachine;
import dev.strixhalo.it.bed.VmDisks;
import dev.strixhalo.it.stage.Project;
import dev.strixhalo.it.stage.RunningMaven;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the chapters play on: two virtual machines, and a user's project on the operator's machine. */
final class Hosts implements AutoCloseable {
    /** Under emulation, both at once on two busy cores. */
    static final Duration BOOT = Duration.ofMinutes(6);

    private static final int REGISTRY_PORT = 5000;
    private static final String STAND_IN = "stand-in/";

    private final Bed bed;
    private final VmDisks disks;
    private @Nullable Project project;
    private @Nullable UpstreamRegistry registry;
    private List<HostState> before = List.of();

    /** @param disks with the base image of what is deployed */
    Hosts(Bed bed, VmDisks disks) {
        this.bed = bed;
        this.disks = disks;
    }

    Bed bed() {
        return bed;
    }

    Machine operator() {
        return bed.operator();
    }

    List<VirtualMachine> all() {
        return bed.virtualMachines();
    }

    VirtualMachine node1() {
        return all().get(0);
    }

    VirtualMachine node2() {
        return all().get(1);
    }

    /** The user's Maven project; its pom says what the README says for two boxes with a card. */
    Project project() throws StrixhaloException {
        if (project == null) {
            var made = new Project(operator(), Project.Jvm.FOR_SHORT_RUNS);
            made.write(resource("pom.xml"), Map.of());
            for (var file :
                    List.of("bin/vllm", "modules/torch.py", "modules/vllm.py", "modules/ray.py", "model/config.json"))
                made.put(STAND_IN + file, resource(STAND_IN + file));
            project = made;
        }
        return project;
    }

    /** The base image, in a registry that the operator's machine reaches and the hosts need not: its reference. */
    String base() throws StrixhaloException {
        if (registry == null) {
            registry = UpstreamRegistry.start(new UpstreamRegistry.Settings(
                    operator().besides(),
                    operator().lanAddress(),
                    REGISTRY_PORT,
                    bed.folder().resolve("registry/blobs"),
                    bed.folder().resolve("registry"),
                    null));
            project().trust(registry);
        }
        return registry.push(disks.service(), "service", "latest");
    }

    /** prepare, by somebody who knows the password that sudo asks for on the second machine. */
    Program.Result prepare(String... words) throws StrixhaloException {
        return prepareGoal(words).run();
    }

    /** The same, and goes on while it runs. */
    RunningMaven startPrepare(String... words) throws StrixhaloException {
        return new RunningMaven(operator(), prepareGoal(words));
    }

    private Program prepareGoal(String... words) throws StrixhaloException {
        var all = new ArrayList<>(List.of("strixhalo:prepare"));
        all.addAll(List.of(words));
        return project().goals(List.of("STRIXHALO_SUDO_PASSWORD=strix"), all);
    }

    /** An id for the boot that each machine runs in. */
    List<String> boots() throws StrixhaloException {
        var ids = new ArrayList<String>();
        for (var machine : all())
            ids.add(machine.run("cat", "/proc/sys/kernel/random/boot_id")
                    .orFail()
                    .text());
        return ids;
    }

    /** What the hosts were like when this was first asked, before anything was done to them. */
    List<HostState> asTheyWere() throws StrixhaloException {
        if (before.isEmpty()) {
            // As an installer does last; the disk's own was written before anything could run there.
            for (var machine : all())
                machine.rootProgram(List.of("update-grub"))
                        .timeout(Duration.ofMinutes(2))
                        .run()
                        .orFail();
            before = HostState.ofAll(this);
        }
        return before;
    }

    @Override
    public void close() {
        if (registry != null) registry.close();
    }

    static String resource(String name) {
        try (InputStream in = Hosts.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("no resource " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("resource " + name, e);
        }
    }
}
