package dev.strixhalo.remote;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;

/** An open way to one node: an SSH session, or this machine itself. Safe for use by several threads. */
public interface NodeConnection extends AutoCloseable {
    Node node();

    /** Lines of each stream that a result keeps when a sink has had them all; so logs may be followed for days. */
    int KEPT_LINES = 10_000;

    /**
     * Runs a command to its end.
     *
     * @return all that it said
     * @throws StrixhaloException when the connection breaks or the time is over; never for the command's own exit code
     */
    CommandResult run(RemoteCommand command) throws StrixhaloException;

    /**
     * Runs a command to its end and hands its lines on as they come.
     *
     * @return what came of it, with the last {@link #KEPT_LINES} lines of each stream
     * @throws StrixhaloException when the connection breaks or the time is over; never for the command's own exit code
     */
    CommandResult run(RemoteCommand command, LineSink sink) throws StrixhaloException;

    /**
     * Starts a command that is asked and answers.
     *
     * @param command its time-out is that of the whole conversation
     * @return to be closed, which ends the command
     * @throws StrixhaloException when it cannot be started
     */
    Conversation talk(RemoteCommand command) throws StrixhaloException;

    /**
     * Opens a port on the node's loopback that leads to a port on this machine's loopback.
     *
     * @throws StrixhaloException when the node's sshd forbids forwarding or listens more widely than on loopback
     */
    RemoteForward forwardHere(int localPort) throws StrixhaloException;

    @Override
    void close();

    /** Takes lines as they come; called by one thread per stream. */
    interface LineSink {
        void line(Stream stream, String line);
    }

    /** Where a line was written to. */
    enum Stream {
        OUT,
        ERR
    }

    /** A way from a node's loopback to this machine, open until it is closed. */
    interface RemoteForward extends AutoCloseable {
        /** The port on the node's 127.0.0.1. */
        int port();

        @Override
        void close();
    }
}
