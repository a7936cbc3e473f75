package dev.strixhalo.it.bed;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A node of a bed that is a virtual machine: a kernel of its own, systemd, NetworkManager, RDMA in software. What runs on it
 * is run through SSH from the operator's network, with a key of the bed's own.
 */
public final class VirtualMachine implements Computer {
    private static final Duration LOGIN = Duration.ofSeconds(20);

    private final MachineDescription description;
    private final BedState state;
    private final Machine operator;

    VirtualMachine(MachineDescription description, BedState state, Machine operator) {
        this.description = description;
        this.state = state;
        this.operator = operator;
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

    /** Its address on the LAN. */
    public String lanAddress() {
        return MachineDescription.address(description.lan());
    }

    @Override
    public Program program(List<String> argv) {
        return ssh(user(), argv);
    }

    @Override
    public Program rootProgram(List<String> argv) {
        return ssh("root", argv);
    }

    /** The emulator's control of it. */
    public QemuMonitor monitor() throws StrixhaloException {
        return QemuMonitor.connect(folder().resolve("monitor"));
    }

    /** Waits until its sshd lets the bed in. */
    public void awaitBoot(Duration patience) throws StrixhaloException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var tried =
                    rootProgram(List.of("true")).timeout(LOGIN.plusSeconds(10)).run();
            if (tried.succeeded()) return;
            if (System.nanoTime() > deadline) {
                throw Problem.of("%s does not let the bed in within %d s.".formatted(name(), patience.toSeconds()))
                        .found(String.join("\n", tried.err()))
                        .fix("see its console: " + folder().resolve("console"))
                        .asException();
            }
        }
    }

    /** Pulls the plug: the machine is gone at once; what its disk had taken stays. */
    public void powerOff() throws StrixhaloException {
        inBed("kill", "-KILL", String.valueOf(state.process(name()))).run().orFail();
    }

    /** Boots it again after {@link #powerOff}. */
    public void powerOn() throws StrixhaloException {
        inBed(
                        state.folder().resolve("scripts/power-on-vm").toString(),
                        state.folder().toString(),
                        name())
                .timeout(Duration.ofSeconds(30))
                .run()
                .orFail();
    }

    private Path folder() {
        return state.folder().resolve(name());
    }

    private Program inBed(String... argv) {
        var all = new ArrayList<>(operator.inBedPrefix());
        all.addAll(List.of(argv));
        return Program.of(all);
    }

    private Program ssh(String login, List<String> argv) {
        var all = new ArrayList<>(operator.besides());
        all.addAll(List.of(
                "ssh", "-F", "none", "-i", state.folder().resolve("keys/bed").toString()));
        // A machine that went back to a snapshot or booted again has the same key; nobody else is in this network.
        all.addAll(List.of("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"));
        all.addAll(List.of("-o", "LogLevel=ERROR", "-o", "BatchMode=yes"));
        all.addAll(List.of("-o", "ConnectTimeout=" + LOGIN.toSeconds(), "-o", "ServerAliveInterval=15"));
        all.add(login + "@" + lanAddress());
        all.add("--");
        all.add(argv.stream().map(VirtualMachine::quoted).collect(Collectors.joining(" ")));
        return Program.of(all);
    }

    /** For the machine's own sh, through which sshd runs whatever it is told. */
    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
