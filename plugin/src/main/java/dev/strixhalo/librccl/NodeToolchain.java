package dev.strixhalo.librccl;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.toolchain.ContainerToolchain;
import dev.strixhalo.rccl.toolchain.Toolchain;
import dev.strixhalo.rccl.toolchain.Workplace;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.NodeConnection;
import dev.strixhalo.remote.RemoteCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A compiler in an image on a node: the therock image has one, and a Strix Halo is the fastest machine that its owner has.
 * Sources travel there on standard input, what was installed comes back the same way; nothing is left there but the image.
 *
 * @param connection to the node
 * @param image      as podman there takes it
 * @param rocm       root of ROCm in it, or null to search
 */
public record NodeToolchain(
        NodeConnection connection, String image, @Nullable String rocm) implements Toolchain {
    private static final Duration PULL = Duration.ofMinutes(120);
    private static final Duration TRANSFER = Duration.ofMinutes(20);

    @Override
    public String text() {
        return "container %s on %s".formatted(image, connection.node().name());
    }

    @Override
    public String identity() throws StrixhaloException {
        var there = inspect();
        if (!there.succeeded()) {
            var pulled = connection.run(
                    RemoteCommand.of("podman", "pull", "--quiet", image).timeout(PULL));
            if (!pulled.succeeded()) throw cannotPull(pulled);
            there = inspect().orFail();
        }
        // The same words as for a container of this machine: the same image compiles the same there.
        return "image " + there.text().strip() + (rocm == null ? "" : " " + rocm);
    }

    private CommandResult inspect() throws StrixhaloException {
        return connection.run(RemoteCommand.of("podman", "image", "inspect", "--format", "{{.Id}}", image));
    }

    private StrixhaloException cannotPull(CommandResult pulled) {
        var problem = Problem.of("the image with the toolchain is not there and cannot be pulled.")
                .on(connection.node().name())
                .found(image);
        for (var line : pulled.err()) problem = problem.found(line);
        return problem.fix("name in <toolchain><image> one that podman there has or gets")
                .asException();
    }

    @Override
    public Workplace open(String key, Path input) throws StrixhaloException {
        var home = connection
                .run(RemoteCommand.script("echo \"${XDG_CACHE_HOME:-$HOME/.cache}/strixhalo\"\n"))
                .orFail()
                .text()
                .strip();
        var place = new Place(this, home + "/rccl-" + key, Workplace.ROOT + key, "strixhalo-rccl-" + key);
        place.remove();
        try {
            place.send(input);
            return place;
        } catch (StrixhaloException | RuntimeException e) {
            place.close();
            throw e;
        }
    }

    /**
     * @param here   folder on the node
     * @param folder the same as scripts see it
     * @param name   of the container
     */
    private record Place(NodeToolchain toolchain, String here, String folder, String name) implements Workplace {
        private static final String UNPACK = "umask 077\nmkdir -p \"$1\" && cd \"$1\" && tar -xf -\n";
        private static final String PACK = "cd \"$1\" && tar -cf - \"$2\" | gzip -1 | base64 -w 60000\n";

        private NodeConnection connection() {
            return toolchain.connection();
        }

        void send(Path input) throws StrixhaloException {
            // A script on standard input would leave no room for the bytes.
            connection()
                    .run(RemoteCommand.of("sh", "-c", UNPACK, "sh", here)
                            .called("unpack RCCL's sources")
                            .stdin(TarStream.pack(input))
                            .timeout(TRANSFER))
                    .orFail();
        }

        @Override
        public int run(List<String> script, Map<String, String> environment, Duration timeout, Consumer<String> lines)
                throws StrixhaloException {
            var all = new TreeMap<>(environment);
            var rocm = toolchain.rocm();
            if (rocm != null) all.put("STRIXHALO_ROCM", rocm);
            var rootless = connection()
                    .run(RemoteCommand.of("podman", "info", "--format", "{{.Host.Security.Rootless}}"))
                    .orFail()
                    .text()
                    .contains("true");
            var argv = ContainerToolchain.argv(toolchain.image(), name, here, folder, rootless, timeout, all, script);
            return connection()
                    .run(
                            RemoteCommand.of(argv)
                                    .called("RCCL's " + script.get(0))
                                    .timeout(timeout)
                                    .pulsed(),
                            (stream, line) -> lines.accept(line))
                    .exitCode();
        }

        @Override
        public void fetch(String from, Path to) throws StrixhaloException {
            var text = new StringBuilder();
            connection()
                    .run(
                            RemoteCommand.of("sh", "-c", PACK, "sh", here, from)
                                    .called("pack what was installed")
                                    .timeout(TRANSFER),
                            (stream, line) -> {
                                if (stream == NodeConnection.Stream.OUT) text.append(line);
                            })
                    .orFail();
            TarStream.unpack(text, from, to);
        }

        void remove() throws StrixhaloException {
            connection()
                    .run(RemoteCommand.script(
                                    "podman rm --force --ignore --time=5 \"$1\" >/dev/null\nrm -rf \"$2\"\n",
                                    name,
                                    here)
                            .called("remove what a build left")
                            .timeout(Duration.ofMinutes(2)))
                    .orFail();
        }

        @Override
        public void close() throws StrixhaloException {
            remove();
        }
    }
}
