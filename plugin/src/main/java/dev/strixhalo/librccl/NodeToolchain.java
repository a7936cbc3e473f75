package dev.strixhalo.librccl;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.toolchain.ContainerRun;
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
                        .run(RemoteCommand.script("echo \"${XDG_CACHE_HOME:-$HOME/.cache}\"\n"))
                        .orFail()
                        .text()
                        .strip()
                + "/strixhalo";
        boolean rootless = connection
                .run(RemoteCommand.of("podman", "info", "--format", ContainerRun.ROOTLESS))
                .orFail()
                .text()
                .contains("true");
        var container = new ContainerRun(image, key, home + "/rccl-" + key, home + "/ccache", rootless);
        var place = new Place(connection, container, rocm);
        place.remove();
        try {
            place.send(input);
            return place;
        } catch (StrixhaloException | RuntimeException e) {
            place.close();
            throw e;
        }
    }

    /** @param container its folder is one on the node */
    private record Place(
            NodeConnection connection,
            ContainerRun container,
            @Nullable String rocm) implements Workplace {
        private static final String UNPACK = "umask 077\nmkdir -p \"$1\" \"$2\" && cd \"$1\" && tar -xf -\n";
        private static final String PACK = "cd \"$1\" && tar -cf - \"$2\" | gzip -1 | base64 -w 60000\n";
        private static final String REMOVE =
                "podman rm --force --ignore --time=5 \"$1\" >/dev/null || exit 1\nrm -rf \"$2\"\n";

        @Override
        public String folder() {
            return container.folder();
        }

        void send(Path input) throws StrixhaloException {
            // A script on standard input would leave no room for the bytes.
            connection
                    .run(RemoteCommand.of("sh", "-c", UNPACK, "sh", container.here(), container.ccache())
                            .called("unpack RCCL's sources")
                            .stdin(TarStream.pack(input))
                            .timeout(TRANSFER))
                    .orFail();
        }

        @Override
        public int run(List<String> script, Map<String, String> environment, Duration timeout, Consumer<String> lines)
                throws StrixhaloException {
            var all = new TreeMap<>(environment);
            if (rocm != null) all.put("STRIXHALO_ROCM", rocm);
            return connection
                    .run(
                            RemoteCommand.of(container.argv(timeout, all, script))
                                    .called("RCCL's " + script.get(0))
                                    .timeout(timeout)
                                    .pulsed(),
                            (stream, line) -> lines.accept(line))
                    .exitCode();
        }

        @Override
        public void fetch(String from, Path to) throws StrixhaloException {
            var text = new StringBuilder();
            connection
                    .run(
                            RemoteCommand.of("sh", "-c", PACK, "sh", container.here(), from)
                                    .called("pack what was installed")
                                    .timeout(TRANSFER),
                            (stream, line) -> {
                                if (stream == NodeConnection.Stream.OUT) text.append(line);
                            })
                    .orFail();
            TarStream.unpack(text, from, to);
        }

        void remove() throws StrixhaloException {
            connection
                    .run(RemoteCommand.script(REMOVE, container.name(), container.here())
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
