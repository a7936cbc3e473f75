package dev.strixhalo.it.hosts;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.FabricAddress;
import dev.strixhalo.cluster.Node;
import dev.strixhalo.it.bed.VirtualMachine;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.Conversation;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A machine as the plugin's own classes see a node. They are called from here where no goal leads to them without a model,
 * and this process is not in the operator's network.
 *
 * @param machine where commands run, as its plain user
 * @param node    what they take it for
 */
record MachineConnection(VirtualMachine machine, Node node) implements NodeConnection {
    /** @param fabric as the pom has it, of a /30 */
    static MachineConnection to(VirtualMachine machine, String fabric) {
        int bits = 0;
        for (var part : fabric.split("\\.")) bits = bits << 8 | Integer.parseInt(part);
        return new MachineConnection(
                machine,
                new Node(machine.name(), machine.lanAddress(), machine.user(), new FabricAddress(bits, 30), null));
    }

    @Override
    public CommandResult run(RemoteCommand command) throws StrixhaloException {
        var argv = new ArrayList<>(List.of("env"));
        command.environment().forEach((name, value) -> argv.add(name + "=" + value));
        argv.addAll(command.argv());
        var result = machine.program(argv)
                .stdin(new String(command.stdin(), StandardCharsets.UTF_8))
                .timeout(command.timeout())
                .run();
        return new CommandResult(node.name(), command, result.exitCode(), result.out(), result.err());
    }

    @Override
    public CommandResult run(RemoteCommand command, LineSink sink) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Conversation talk(RemoteCommand command) {
        throw new UnsupportedOperationException();
    }

    @Override
    public RemoteForward forwardHere(int localPort) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
