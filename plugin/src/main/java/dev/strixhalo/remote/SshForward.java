package dev.strixhalo.remote;

import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** A listener of the node's sshd on 127.0.0.1 that leads to a port on this machine's 127.0.0.1. */
final class SshForward implements NodeConnection.RemoteForward {
    private static final String LOOPBACK = "127.0.0.1";

    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final Session session;
    private final int port;
    private final AtomicBoolean closed = new AtomicBoolean();

    private SshForward(Session session, int port) {
        this.session = session;
        this.port = port;
    }

    static SshForward open(NodeConnection connection, Session session, int localPort) throws StrixhaloException {
        var node = connection.node().name();
        SshForward forward;
        try {
            // Port 0: the node chooses a free one, so that "forbidden" and "in use", which JSch tells in the same
            // words,
            // cannot be mixed up. The text form of the call is the only one that returns the port.
            forward = new SshForward(session, listen(session, localPort));
        } catch (JSchException e) {
            if (!session.isConnected()) {
                throw Problem.of("the connection was gone before the tunnel was open.")
                        .on(node)
                        .found(String.valueOf(e.getMessage()))
                        .fix("see whether the node is up, then run the goal again")
                        .asException(e);
            }
            throw Problem.of("its sshd forbids remote forwards, through which the image travels.")
                    .on(node)
                    .found(String.valueOf(e.getMessage()))
                    .fix("AllowTcpForwarding yes (or remote), and no DisableForwarding or PermitListen, in"
                            + " /etc/ssh/sshd_config of the node; no 'restrict' or 'no-port-forwarding' before the key in"
                            + " ~/.ssh/authorized_keys; then sudo systemctl reload sshd")
                    .fix("push the image to a registry that the node reaches: <registry>")
                    .asException(e);
        }
        try {
            forward.demandLoopback(connection);
            return forward;
        } catch (StrixhaloException | RuntimeException e) {
            forward.close();
            throw e;
        }
    }

    /**
     * Asks for the forward on a thread of its own: JSch wakes whoever waits for the answer by interrupting it, now and then
     * after the call has returned, and the interrupt would hit what its thread does next.
     */
    private static int listen(Session session, int localPort) throws JSchException {
        var call =
                new FutureTask<>(() -> session.setPortForwardingR("%1$s:0:%1$s:%2$d".formatted(LOOPBACK, localPort)));
        var thread = new Thread(call, "strixhalo-forward");
        thread.setDaemon(true);
        thread.start();
        try {
            return call.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof JSchException failure) throw failure;
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new JSchException("no answer within " + ANSWER.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JSchException("interrupted", e);
        }
    }

    /** sshd binds to all addresses under {@code GatewayPorts yes}, whatever it was asked for; so it is looked at. */
    private void demandLoopback(NodeConnection connection) throws StrixhaloException {
        var node = connection.node().name();
        var lines = connection
                .run(RemoteCommand.script("cat /proc/net/tcp\n[ ! -e /proc/net/tcp6 ] || cat /proc/net/tcp6\n")
                        .timeout(Duration.ofSeconds(30)))
                .orFail()
                .out();
        var addresses = ListeningSockets.on(port, lines);
        if (addresses.isEmpty()) {
            throw Problem.of("the tunnel's listener cannot be seen there, so nobody knows who reaches it.")
                    .on(node)
                    .found("no listener on port %d in /proc/net/tcp and tcp6".formatted(port))
                    .fix("does sshd run in another network namespace than the logins? ss -ltn   on the node")
                    .asException();
        }
        if (addresses.stream().allMatch(ListeningSockets::loopback)) return;
        throw Problem.of("its sshd opens remote forwards to the network; anyone there could read the image.")
                .on(node)
                .found("port %d on %s"
                        .formatted(
                                port,
                                addresses.stream()
                                        .map(ListeningSockets::readable)
                                        .collect(Collectors.joining(", "))))
                .fix("GatewayPorts no (the default; clientspecified will do) in /etc/ssh/sshd_config of the node, then"
                        + " sudo systemctl reload sshd")
                .asException();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) return;
        try {
            session.delPortForwardingR(LOOPBACK, port);
        } catch (JSchException e) {
            // The session is down, and sshd ends its listeners with it.
        }
    }
}
