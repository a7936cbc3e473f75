package dev.strixhalo.remote;

import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.Session;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** A command on a channel of an SSH session. */
final class SshCommand implements RunningCommand {
    /** Names of RFC 4254, 6.10, with Linux' numbers; sshd calls every other one "SIG@openssh.com". */
    private static final Map<String, Integer> SIGNALS = Map.ofEntries(
            Map.entry("HUP", 1),
            Map.entry("INT", 2),
            Map.entry("QUIT", 3),
            Map.entry("ILL", 4),
            Map.entry("ABRT", 6),
            Map.entry("FPE", 8),
            Map.entry("KILL", 9),
            Map.entry("USR1", 10),
            Map.entry("SEGV", 11),
            Map.entry("USR2", 12),
            Map.entry("PIPE", 13),
            Map.entry("ALRM", 14),
            Map.entry("TERM", 15));

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** Bytes that may wait for their reader before the node has to. */
    private static final int UNREAD = 1 << 16;

    private final Session session;
    private final ChannelExec channel;
    private final InputStream out;
    private final InputStream err;
    private final OutputStream in;

    /** @param channel not connected yet: JSch loses what comes before it has streams for it */
    SshCommand(Session session, ChannelExec channel) throws IOException {
        this.session = session;
        this.channel = channel;
        this.out = piped(channel::setOutputStream);
        this.err = piped(channel::setErrStream);
        this.in = channel.getOutputStream();
    }

    private static InputStream piped(Consumer<OutputStream> writer) throws IOException {
        var pipe = new PipedInputStream(UNREAD);
        writer.accept(new WhileRead(new PipedOutputStream(pipe)));
        return pipe;
    }

    /**
     * Lets go what nobody reads any more. JSch's own streams throw then, and where they are standard error's, its reading
     * thread gives up the session with all other commands on it (Session.run in 2.28.8).
     */
    private static final class WhileRead extends OutputStream {
        private final OutputStream reader;

        WhileRead(OutputStream reader) {
            this.reader = reader;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                reader.write(bytes, offset, length);
            } catch (IOException e) {
                // A pipe fails in one way only: it is closed, or its reader is gone.
            }
        }

        @Override
        public void flush() throws IOException {
            reader.flush();
        }

        @Override
        public void close() throws IOException {
            reader.close();
        }
    }

    @Override
    public InputStream out() {
        return out;
    }

    @Override
    public InputStream err() {
        return err;
    }

    @Override
    public OutputStream in() {
        return in;
    }

    @Override
    public boolean over() {
        return channel.isClosed() || !channel.isConnected();
    }

    @Override
    public OptionalInt exitCode() {
        var signal = channel.getExitSignal();
        if (signal != null) return OptionalInt.of(128 + SIGNALS.getOrDefault(signal, 0));
        int status = channel.getExitStatus();
        return status < 0 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    @Override
    public Optional<String> cutOffBy() {
        return SessionEnd.of(session);
    }

    @Override
    public void end(OptionalLong process) {
        boolean open = !over() && exitCode().isEmpty();
        try {
            // OpenSSH hands it to the command's process group (since 7.9), unless the user is root or the command
            // forced.
            if (open) channel.sendSignal("TERM");
        } catch (Exception e) {
            if (process.isPresent()) kill(process.getAsLong());
        } finally {
            channel.disconnect();
        }
    }

    /** If this fails too the node ends the command when its time is over, or when this session ends. */
    private void kill(long process) {
        if (!session.isConnected()) return;
        ChannelExec other = null;
        try {
            other = (ChannelExec) session.openChannel("exec");
            other.setCommand(ShellText.killLine(process));
            other.connect((int) PATIENCE.toMillis());
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (!other.isClosed() && System.nanoTime() - deadline < 0) Thread.sleep(10);
        } catch (JSchException e) {
            // No channel left, or no connection: the node's own watch remains.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (other != null) other.disconnect();
        }
    }
}
