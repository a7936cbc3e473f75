package dev.strixhalo.remote;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;

/** The way to a node that could not be opened; whatever is asked of it fails with the reason, so that others can still be asked. */
final class UnreachableNode implements NodeConnection {
    private final Node node;
    private final StrixhaloException reason;

    UnreachableNode(Node node, StrixhaloException reason) {
        this.node = node;
        this.reason = reason;
    }

    @Override
    public Node node() {
        return node;
    }

    @Override
    public CommandResult run(RemoteCommand command) throws StrixhaloException {
        throw new StrixhaloException(reason.problems(), reason.state(), reason);
    }

    @Override
    public CommandResult run(RemoteCommand command, LineSink sink) throws StrixhaloException {
        return run(command);
    }

    @Override
    public Conversation talk(RemoteCommand command) throws StrixhaloException {
        throw new StrixhaloException(reason.problems(), reason.state(), reason);
    }

    @Override
    public RemoteForward forwardHere(int localPort) throws StrixhaloException {
        throw new StrixhaloException(reason.problems(), reason.state(), reason);
    }

    @Override
    public void close() {}
}
