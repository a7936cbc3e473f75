package dev.strixhalo.it.bed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Talks to an emulator about its machine, in the protocol of QEMU's monitor (QMP): a line of JSON each way. */
public final class QemuMonitor implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SocketChannel channel;
    private final BufferedReader answers;

    private QemuMonitor(SocketChannel channel) {
        this.channel = channel;
        this.answers =
                new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    }

    static QemuMonitor connect(Path socket) throws StrixhaloException {
        try {
            var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            channel.connect(UnixDomainSocketAddress.of(socket));
            var monitor = new QemuMonitor(channel);
            // It greets first, and wants to be asked for its capabilities before anything else.
            monitor.answers.readLine();
            monitor.execute("qmp_capabilities", Map.of());
            return monitor;
        } catch (IOException e) {
            throw lost(e);
        }
    }

    /** Pulls the cable of one of the machine's cards, {@code lan-card} or {@code fabric-card}, or plugs it in. */
    public void cable(String card, boolean plugged) throws StrixhaloException {
        execute("set_link", Map.of("name", card, "up", plugged));
    }

    /** Keeps the whole machine as it is now, memory and disk. */
    public void save(String snapshot) throws StrixhaloException {
        human("savevm " + snapshot);
    }

    /** Takes the machine back to what {@link #save} kept. */
    public void load(String snapshot) throws StrixhaloException {
        human("loadvm " + snapshot);
    }

    /** The same as pressing its button: the kernel has no say. */
    public void reset() throws StrixhaloException {
        execute("system_reset", Map.of());
    }

    private void human(String line) throws StrixhaloException {
        var said =
                execute("human-monitor-command", Map.of("command-line", line)).asText();
        if (said.isBlank()) return;
        throw Problem.of("QEMU does not '%s'.".formatted(line))
                .found(said.strip())
                .asException();
    }

    private JsonNode execute(String command, Map<String, Object> arguments) throws StrixhaloException {
        try {
            var request = JSON.writeValueAsString(Map.of("execute", command, "arguments", arguments)) + "\n";
            var bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) channel.write(bytes);
            while (true) {
                var line = answers.readLine();
                if (line == null) throw new IOException("the monitor was closed");
                var answer = JSON.readTree(line);
                if (answer.has("return")) return answer.get("return");
                if (answer.has("error")) {
                    throw Problem.of("QEMU refuses '%s'.".formatted(command))
                            .found(answer.get("error").path("desc").asText())
                            .asException();
                }
                // Anything else is an event.
            }
        } catch (IOException e) {
            throw lost(e);
        }
    }

    private static StrixhaloException lost(IOException cause) {
        return Problem.of("QEMU's monitor does not answer.")
                .found(cause.toString())
                .asException(cause);
    }

    @Override
    public void close() throws StrixhaloException {
        try {
            channel.close();
        } catch (IOException e) {
            throw lost(e);
        }
    }
}
