package dev.strixhalo.rccl.toolchain;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
        try {
            Files.createDirectories(scratch.resolve("ccache"));
        } catch (IOException e) {
            throw Scratch.unwritable(scratch, e);
        }
        var ccache = scratch.resolve("ccache").toAbsolutePath().toString();
        return new Place(new ContainerRun(image, key, folder.toString(), ccache, rootless()), folder, rocm);
    }

    private static boolean rootless() throws StrixhaloException {
        return Program.of("podman", "info", "--format", ContainerRun.ROOTLESS)
                .run()
                .orFail()
                .text()
                .contains("true");
    }

    private record Place(
            ContainerRun container, Path here, @Nullable String rocm) implements Workplace {
        @Override
        public String folder() {
            return container.folder();
        }

        @Override
        public int run(List<String> script, Map<String, String> environment, Duration timeout, Consumer<String> lines)
                throws StrixhaloException {
            var all = new TreeMap<>(environment);
            if (rocm != null) all.put("STRIXHALO_ROCM", rocm);
            var argv = container.argv(timeout, all, script);
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
                Program.of("podman", "rm", "--force", "--ignore", "--time=5", container.name())
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
