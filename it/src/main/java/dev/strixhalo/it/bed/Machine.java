package dev.strixhalo.it.bed;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One machine of a bed: the operator's, or a node. What runs on it runs in its namespaces, not through SSH. */
public final class Machine implements SharedDisk {
    private static final String PATH = "PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin";

    /** No variables of ours, and no signal ignored: a rehearsal in the background ignores Ctrl-C, its users must not. */
    private static final List<String> FRESH_LOGIN = List.of("env", "-i", "--default-signal");

    private final MachineDescription description;
    private final BedState state;

    Machine(MachineDescription description, BedState state) {
        this.description = description;
        this.state = state;
    }

    @Override
    public String name() {
        return description.name();
    }

    @Override
    public String user() {
        return description.user();
    }

    @Override
    public String home() {
        return "/home/" + user();
    }

    @Override
    public Path homeFromHere() {
        return state.folder().resolve(name()).resolve("home");
    }

    /** Its address on the LAN. */
    public String lanAddress() {
        return MachineDescription.address(description.lan());
    }

    /** Its address on the fabric with the prefix, as a pom has it; the operator has none. */
    public String fabricAddress() {
        if (description.fabric().equals("-")) throw new IllegalStateException(name() + " is not on the fabric");
        return description.fabric();
    }

    @Override
    public Program program(List<String> argv) {
        var all = enter();
        all.addAll(List.of("setpriv", "--reuid=" + user(), "--regid=" + user(), "--init-groups"));
        all.addAll(FRESH_LOGIN);
        all.addAll(List.of("--chdir=" + home(), "HOME=" + home(), "USER=" + user(), "LOGNAME=" + user()));
        all.addAll(List.of("LANG=C.UTF-8", PATH, "XDG_RUNTIME_DIR=/run/user/" + state.user(name())));
        all.addAll(argv);
        return Program.of(all);
    }

    @Override
    public Program rootProgram(List<String> argv) {
        var all = enter();
        all.addAll(FRESH_LOGIN);
        all.addAll(List.of("--chdir=/", "HOME=/root", "USER=root", "LANG=C.UTF-8", PATH));
        all.addAll(argv);
        return Program.of(all);
    }

    /** Pulls the plug: every process of the machine ends at once; what it wrote stays. */
    public void powerOff() throws StrixhaloException {
        inBed("kill", "-KILL", String.valueOf(state.process(name()))).run().orFail();
    }

    /** Boots it again after {@link #powerOff}: its disks are as they were, nothing runs. */
    public void powerOn() throws StrixhaloException {
        inBed(
                        state.folder().resolve("scripts/power-on").toString(),
                        state.folder().toString(),
                        name())
                .timeout(Duration.ofSeconds(30))
                .run()
                .orFail();
    }

    /**
     * What puts a program into this machine's network only: it sees the files of the real machine and is no process of this
     * one, but ends with the bed. For registries and hubs that the bed's machines reach at {@link #lanAddress}.
     */
    public List<String> besides() {
        var argv = new ArrayList<>(inBedPrefix());
        argv.addAll(List.of("nsenter", "--net=/run/netns/" + name(), "--"));
        return argv;
    }

    /** What one types before a command to run it there as root. */
    List<String> enter() {
        var argv = new ArrayList<>(inBedPrefix());
        argv.addAll(List.of("nsenter", "-t", String.valueOf(state.process(name()))));
        argv.addAll(List.of("--mount", "--uts", "--ipc", "--net", "--pid", "--"));
        return argv;
    }

    private Program inBed(String... argv) {
        var all = new ArrayList<>(inBedPrefix());
        all.addAll(List.of(argv));
        return Program.of(all);
    }

    List<String> inBedPrefix() {
        var supervisor =
                state.supervisor().orElseThrow(() -> new IllegalStateException("the bed has ended: " + state.folder()));
        return List.of("nsenter", "-t", String.valueOf(supervisor.pid()), "--mount", "--pid", "--net", "--");
    }
}
