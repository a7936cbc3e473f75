package dev.strixhalo.remote;

import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SocketFactory;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One login: connects, checks the host key, shows our keys; ends within its time whatever the other side does. */
final class SshLogin {
    private final SshTarget target;
    private final RemoteSettings settings;
    private final @Nullable Session through;
    private @Nullable Socket socket;
    private boolean late;
    private boolean over;

    /** @param through session of the host to jump from, or null to connect directly */
    SshLogin(SshTarget target, RemoteSettings settings, @Nullable Session through) {
        this.target = target;
        this.settings = settings;
        this.through = through;
    }

    /** @throws StrixhaloException that says which step failed and what to do */
    Session open() throws StrixhaloException {
        var known = new KnownHostKeys(target.knownHosts());
        var done = new CountDownLatch(1);
        watch(done, Thread.currentThread());
        var identities = new Identities();
        try {
            // Under the watch, since it asks the agent.
            identities.collect(target);
            return connect(known, identities);
        } catch (JSchException e) {
            throw new SshFailure(target, settings, known, identities, late(), through != null).explain(e);
        } finally {
            settle();
            done.countDown();
        }
    }

    private Session connect(KnownHostKeys known, Identities identities) throws JSchException {
        var jsch = new JSch();
        jsch.setIdentityRepository(identities);
        jsch.setHostKeyRepository(known);
        var session = jsch.getSession(target.user(), target.host(), target.port());
        session.setConfig("StrictHostKeyChecking", "yes");
        session.setConfig("PreferredAuthentications", "publickey");
        if (target.hostKeyAlias() != null) session.setHostKeyAlias(target.hostKeyAlias());
        session.setDaemonThread(true);
        session.setServerAliveInterval((int) target.aliveInterval().toMillis());
        session.setServerAliveCountMax(target.aliveCount());
        if (through == null) session.setSocketFactory(new Dialler());
        else session.setProxy(new JumpProxy(through));
        session.connect((int) settings.loginTimeout().toMillis());
        SessionEnd.watch(session);
        return session;
    }

    /** JSch's time-out is one for each read; a server that sends a byte now and then would hold us for ever. */
    private void watch(CountDownLatch done, Thread worker) {
        var limit = target.connectTimeout().plus(settings.loginTimeout());
        var thread = new Thread(
                () -> {
                    try {
                        if (!done.await(limit.toMillis(), TimeUnit.MILLISECONDS)) abandon(worker);
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("nobody interrupts this thread", e);
                    }
                },
                "strixhalo login " + target.alias());
        thread.setDaemon(true);
        thread.start();
    }

    /** Frees the thread that logs in from a socket (closed) and from an agent or another host's channel (interrupted). */
    private synchronized void abandon(Thread worker) {
        if (over) return;
        late = true;
        try {
            if (socket != null) socket.close();
        } catch (IOException e) {
            // It is of no use any more, closed or not.
        }
        worker.interrupt();
    }

    private synchronized void keep(Socket connected) {
        socket = connected;
    }

    private synchronized boolean late() {
        return late;
    }

    private synchronized void settle() {
        over = true;
        // The failure has told of the time; the interrupt must not meet what this thread does next.
        if (late) Thread.interrupted();
    }

    /** Connects with a time-out, to each address of the name in turn. */
    private final class Dialler implements SocketFactory {
        @Override
        public Socket createSocket(String host, int port) throws IOException {
            var addresses = Arrays.stream(InetAddress.getAllByName(host))
                    .filter(address -> switch (target.family()) {
                        case ANY -> true;
                        case INET -> address instanceof Inet4Address;
                        case INET6 -> !(address instanceof Inet4Address);
                    })
                    .toList();
            if (addresses.isEmpty()) throw new UnknownHostException(host);
            IOException failure = null;
            for (var address : addresses) {
                var one = new Socket();
                try {
                    one.connect(new InetSocketAddress(address, port), millis(target.connectTimeout()));
                    keep(one);
                    return one;
                } catch (IOException e) {
                    one.close();
                    if (failure == null) failure = e;
                    else failure.addSuppressed(e);
                }
            }
            throw failure == null ? new UnknownHostException(host) : failure;
        }

        @Override
        public InputStream getInputStream(Socket from) throws IOException {
            return from.getInputStream();
        }

        @Override
        public OutputStream getOutputStream(Socket to) throws IOException {
            return to.getOutputStream();
        }
    }

    private static int millis(Duration duration) {
        return (int) Math.min(Integer.MAX_VALUE, duration.toMillis());
    }
}
