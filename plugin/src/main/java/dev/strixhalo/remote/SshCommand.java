package dev.strixhalo.remote;

import com.jcraft.jsch.ChannelExec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.OptionalInt;

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

    private final ChannelExec channel;
    private final InputStream out;
    private final InputStream err;
    private final OutputStream in;

    /** @param channel not connected yet: JSch loses what comes before its streams are asked for */
    SshCommand(ChannelExec channel) throws IOException {
        this.channel = channel;
        this.out = channel.getInputStream();
        this.err = channel.getErrStream();
        this.in = channel.getOutputStream();
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
    public void end() {
        if (!over() && exitCode().isEmpty()) {
            try {
                // OpenSSH passes it on to the command's process group (since 7.9); where none does, run.sh's watch
                // remains.
                channel.sendSignal("TERM");
            } catch (Exception e) {
                // The connection is gone, and with it the command: run.sh's watch ends it.
            }
        }
        channel.disconnect();
    }
}
