package dev.strixhalo.it.bed;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An operator's machine and some nodes on this one machine: every one a set of namespaces with a root file system, network,
 * processes, devices and users of its own. The nodes have a real sshd and real rootless podman.
 *
 * <p>A bed ends when it is closed, when the program that made it dies in whatever way, or by {@link #down}; {@link #keep}
 * leaves it up. It leaves no process, mount, network or file behind.
 */
public final class Bed implements AutoCloseable {
    /** The user that sits at the operator's machine. */
    public static final String OPERATOR_USER = "dev";
    /** The plain user of every node. */
    public static final String NODE_USER = "strix";

    private static final List<String> SCRIPTS = List.of(
            "janitor",
            "supervise",
            "power-on",
            "power-on-vm",
            "boot",
            "setup-node",
            "setup-operator",
            "loginctl",
            "enter");
    private static final Duration UP = Duration.ofSeconds(60);
    /** Two nodes with a few images were 300 000 files to remove; on a busy disk that took more than a minute. */
    private static final Duration DOWN = Duration.ofMinutes(5);

    private final BedState state;
    private final Machine operator;
    private final List<Machine> nodes;
    private final List<VirtualMachine> virtualMachines;
    private final @Nullable Process janitor;
    private boolean kept;

    private Bed(BedState state, @Nullable Process janitor) {
        this.state = state;
        this.janitor = janitor;
        var machines = state.machines();
        this.operator = new Machine(machines.get(0), state);
        this.nodes = machines.stream()
                .skip(1)
                .filter(description -> !description.virtual())
                .map(description -> new Machine(description, state))
                .toList();
        this.virtualMachines = machines.stream()
                .filter(MachineDescription::virtual)
                .map(description -> new VirtualMachine(description, state, operator))
                .toList();
    }

    /**
     * Brings a bed up; takes about three seconds.
     *
     * @throws StrixhaloException when another bed is up, when this is not root on Linux, or when a part does not start
     */
    public static Bed create(BedSettings settings) throws StrixhaloException {
        var state = new BedState(settings.state());
        try {
            Files.createDirectories(settings.folder());
            // One bed at a time is made; whether one lives is asked under the lock.
            try (var channel = FileChannel.open(
                            settings.folder().resolveSibling("bed.lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    var lock = channel.lock()) {
                if (!lock.isValid()) throw new IOException("the lock of " + settings.folder() + " was lost");
                refuseSecond(settings.folder());
                state.removeRemains();
                write(settings, state.folder());
                return new Bed(state, start(state));
            }
        } catch (IOException e) {
            throw Problem.of("The bed's folder cannot be prepared.")
                    .found(e.toString())
                    .fix("see to " + settings.state())
                    .asException(e);
        }
    }

    /**
     * The bed that was left up by {@link #keep}.
     *
     * @throws StrixhaloException when there is none
     */
    public static Bed attach(BedSettings settings) throws StrixhaloException {
        var state = new BedState(settings.state());
        if (state.supervisor().isEmpty() || !state.isReady()) {
            throw Problem.of("No bed '%s' is up.".formatted(settings.id()))
                    .fix("it/rehearse --keep")
                    .asException();
        }
        var bed = new Bed(state, null);
        bed.keep();
        return bed;
    }

    /** Whether this bed is up. */
    public static boolean isUp(BedSettings settings) {
        return new BedState(settings.state()).supervisor().isPresent();
    }

    /** Ends the bed that was left up, and clears what a bed left whose ends were all killed at once; if there is any. */
    public static boolean down(BedSettings settings) throws StrixhaloException {
        var state = new BedState(settings.state());
        boolean was = Files.exists(state.folder());
        state.end(DOWN);
        return was;
    }

    public Machine operator() {
        return operator;
    }

    /** The operator's machine and the nodes. */
    public List<Machine> machines() {
        var all = new ArrayList<Machine>();
        all.add(operator);
        all.addAll(nodes);
        return all;
    }

    /** The nodes that are virtual machines; the first is the head. They may still be booting. */
    public List<VirtualMachine> virtualMachines() {
        return virtualMachines;
    }

    /** The nodes that are namespaces; the first is the head. */
    public List<Machine> nodes() {
        return nodes;
    }

    public Machine node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node '" + name + "' on the bed"));
    }

    /** Process 1 of the bed: with it all of its processes end. */
    public ProcessHandle supervisor() {
        return state.supervisor().orElseThrow(() -> new IllegalStateException("the bed has ended"));
    }

    /** The process outside of the bed that watches it and clears up after it. */
    public ProcessHandle janitor() {
        return state.janitor().orElseThrow(() -> new IllegalStateException("the bed has no janitor"));
    }

    /** The folder that holds what the bed has on disk. */
    public Path folder() {
        return state.folder();
    }

    /** Leaves the bed up when this is closed, and even when this program ends; {@link #down} ends it. */
    public void keep() {
        kept = true;
        if (janitor == null) return;
        try {
            janitor.getOutputStream().write("keep\n".getBytes(StandardCharsets.UTF_8));
            janitor.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the bed ended before it could be kept", e);
        }
    }

    /** Ends the bed and waits until nothing is left of it; a kept one stays. */
    @Override
    public void close() throws StrixhaloException {
        if (!kept) state.end(DOWN);
    }

    private static void refuseSecond(Path folder) throws IOException, StrixhaloException {
        try (var beds = Files.list(folder)) {
            for (var other : beds.filter(Files::isDirectory).toList()) {
                if (new BedState(other).supervisor().isEmpty()) continue;
                throw Problem.of("Another bed is up; two would exhaust this machine's memory.")
                        .found(other.toString())
                        .fix("use it, or end it: it/rehearse --down")
                        .asException();
            }
        }
    }

    private static void write(BedSettings settings, Path folder) throws IOException {
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x"));
        Files.createDirectory(folder, owner);
        var scripts = Files.createDirectory(folder.resolve("scripts"));
        Set<java.nio.file.attribute.PosixFilePermission> runnable = PosixFilePermissions.fromString("rwxr-xr-x");
        for (var name : SCRIPTS) {
            try (var script = Bed.class.getResourceAsStream("node/" + name)) {
                if (script == null) throw new IllegalStateException("no resource node/" + name);
                Files.setPosixFilePermissions(copy(script, scripts.resolve(name)), runnable);
            }
        }
        var machines = new ArrayList<String>();
        machines.add(MachineDescription.operator().line());
        for (int n = 1; n <= settings.nodes(); n++)
            machines.add(MachineDescription.node(n, settings.nodes(), settings.disks() != null)
                    .line());
        if (settings.disks() != null)
            Files.createSymbolicLink(
                    folder.resolve("vm"), settings.disks().folder().toAbsolutePath());
        Files.write(folder.resolve("machines"), machines);
        Files.write(
                folder.resolve("mounts"),
                settings.shares().stream()
                        .map(share -> share.machine() + " " + share.source() + " " + share.target())
                        .toList());
    }

    private static Path copy(java.io.InputStream from, Path to) throws IOException {
        Files.copy(from, to);
        return to;
    }

    private static Process start(BedState state) throws StrixhaloException, IOException {
        // A session of its own: Ctrl-C at the terminal is for us, and the bed ends when our pipe breaks.
        var builder = new ProcessBuilder(
                        "setsid",
                        state.folder().resolve("scripts/janitor").toString(),
                        state.folder().toString())
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("LANG", "C.UTF-8");
        var janitor = builder.start();
        long deadline = System.nanoTime() + UP.toNanos();
        try {
            while (!state.isReady()) {
                if (!janitor.isAlive() || System.nanoTime() > deadline) {
                    state.end(DOWN);
                    var said = new String(janitor.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                    throw Problem.of("The bed did not come up.")
                            .found(said.isEmpty() ? "nothing was said" : said)
                            .fix("it/rehearse needs root on Linux, with namespaces, veth, bridge and overlay")
                            .asException();
                }
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            janitor.destroy();
            Thread.currentThread().interrupt();
            throw Problem.of("The bed was interrupted while it came up.")
                    .fix("run it again")
                    .asException(e);
        }
        return janitor;
    }
}
