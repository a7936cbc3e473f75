package dev.strixhalo.rccl.toolchain;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A compiler in an image that local podman has or pulls; sources and output are mounted, files belong to who builds.
 *
 * @param image   as podman takes it
 * @param rocm    root of ROCm in it, or null to search as {@link LocalToolchain} does
 * @param scratch folder on this machine in which it works; as many bytes as a local build needs
 */
public record ContainerToolchain(String image, @Nullable String rocm, Path scratch) implements Toolchain {
    private static final Duration PULL = Duration.ofMinutes(60);

    @Override
    public String text() {
        return "container " + image;
    }

    @Override
    public String identity() throws StrixhaloException {
        return "image " + id() + (rocm == null ? "" : " " + rocm);
    }

    /** The image ID; an image that is not there is pulled. */
    private String id() throws StrixhaloException {
        var there = inspect();
        if (!there.succeeded()) {
            var pulled =
                    Program.of("podman", "pull", "--quiet", image).timeout(PULL).run();
            if (!pulled.succeeded()) {
                var problem = Problem.of("The image with the toolchain is not there and cannot be pulled.")
                        .found(image);
                for (var line : pulled.err()) problem = problem.found(line);
                throw problem.fix("name in <toolchain><image> one that 'podman image ls' shows or 'podman pull' gets")
                        .asException();
            }
            there = inspect().orFail();
        }
        return there.text().strip();
    }

    private Program.Result inspect() throws StrixhaloException {
        return Program.of("podman", "image", "inspect", "--format", "{{.Id}}", image)
                .run();
    }

    @Override
    public Workplace open(String key, Path input) throws StrixhaloException {
        var folder = scratch.resolve("work-" + key).toAbsolutePath();
        Scratch.fresh(folder);
        Scratch.copy(input, folder);
        return new Place(this, folder, Workplace.ROOT + key, "strixhalo-rccl-" + key);
    }

    /**
     * What {@code podman run} gets for a script, on this machine or on a node.
     *
     * @param name     of the container; one that was left behind is replaced
     * @param here     folder on the machine of that podman
     * @param folder   the same as the script sees it
     * @param rootless whether podman is a plain user's
     */
    public static List<String> argv(
            String image,
            String name,
            String here,
            String folder,
            boolean rootless,
            Duration timeout,
            Map<String, String> environment,
            List<String> script) {
        var argv = new ArrayList<>(List.of(
                "podman",
                "run",
                "--rm",
                "--interactive",
                "--replace",
                "--name=" + name,
                // Newer RCCL fetches headers while it is configured; and a network of its own is what rootless podman
                // most
                // often lacks something for.
                "--network=host",
                // SELinux would want the folder relabelled.
                "--security-opt=label=disable",
                "--pids-limit=-1",
                "--http-proxy=true",
                // Ends the container even when nobody waits for it any more.
                "--timeout=" + timeout.plusMinutes(1).toSeconds(),
                "--volume=" + here + ":" + folder,
                "--workdir=" + folder));
        if (rootless) argv.add("--userns=keep-id");
        environment.forEach((variable, value) -> argv.add("--env=" + variable + "=" + value));
        argv.add("--entrypoint=" + Leash.command(folder, timeout, script).get(0));
        argv.add(image);
        var command = Leash.command(folder, timeout, script);
        argv.addAll(command.subList(1, command.size()));
        return argv;
    }

    private record Place(ContainerToolchain toolchain, Path here, String folder, String name) implements Workplace {
        @Override
        public int run(List<String> script, Map<String, String> environment, Duration timeout, Consumer<String> lines)
                throws StrixhaloException {
            var all = new TreeMap<>(environment);
            if (toolchain.rocm() != null) all.put("STRIXHALO_ROCM", toolchain.rocm());
            var rootless = Program.of("podman", "info", "--format", "{{.Host.Security.Rootless}}")
                    .run()
                    .orFail()
                    .text()
                    .contains("true");
            var argv = argv(toolchain.image(), name, here.toString(), folder, rootless, timeout, all, script);
            try {
                return Program.of(argv)
                        .timeout(timeout)
                        .streaming(lines)
                        .pulsed()
                        .run()
                        .exitCode();
            } catch (StrixhaloException e) {
                // Its client was ended; the container goes with it, but not always at once.
                removeContainer();
                throw e;
            }
        }

        private void removeContainer() throws StrixhaloException {
            boolean interrupted = Thread.interrupted();
            try {
                Program.of("podman", "rm", "--force", "--ignore", "--time=5", name)
                        .run()
                        .orFail();
            } finally {
                if (interrupted) Thread.currentThread().interrupt();
            }
        }

        @Override
        public void fetch(String from, Path to) throws StrixhaloException {
            Scratch.copy(here.resolve(from), to);
        }

        @Override
        public void close() throws StrixhaloException {
            removeContainer();
            Scratch.remove(here);
        }
    }
}
