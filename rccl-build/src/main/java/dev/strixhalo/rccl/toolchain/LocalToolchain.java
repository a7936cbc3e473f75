package dev.strixhalo.rccl.toolchain;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A compiler on this machine.
 *
 * @param scratch folder in which ccache keeps things
 * @param rocm root of ROCm, or null for: {@code ROCM_PATH}, {@code /opt/rocm}, the {@code hipcc} on the path, the rocm-sdk
 *     wheels, whichever is there first
 */
public record LocalToolchain(Path scratch, @Nullable String rocm) implements Toolchain {
    private static final Duration LOOK = Duration.ofMinutes(1);

    @Override
    public String text() {
        return rocm == null ? "this machine's" : rocm + " on this machine";
    }

    @Override
    public String identity() throws StrixhaloException {
        Path scripts = null;
        try {
            scripts = Files.createTempDirectory("strixhalo-look");
            Leash.put(scripts);
            var folder = scripts.resolve(Leash.SCRIPTS).toString();
            var result = Program.of("sh", folder + "/look.sh", folder)
                    .env("STRIXHALO_ROCM", rocm == null ? "" : rocm)
                    .timeout(LOOK)
                    .run()
                    .orFail();
            var facts = ToolchainFacts.parse(result.out());
            return facts.identity();
        } catch (IOException e) {
            throw Scratch.unwritable(Path.of(System.getProperty("java.io.tmpdir")), e);
        } finally {
            if (scripts != null) Scratch.remove(scripts);
        }
    }

    @Override
    public Workplace open(String key, Path input) throws StrixhaloException {
        var folder = Path.of(Workplace.ROOT + key);
        Scratch.fresh(folder);
        Scratch.copy(input, folder);
        return new Place(folder, scratch.resolve("ccache").toAbsolutePath().toString(), rocm);
    }

    private record Place(Path path, String ccache, @Nullable String rocm) implements Workplace {
        @Override
        public String folder() {
            return path.toString();
        }

        @Override
        public int run(List<String> script, Map<String, String> environment, Duration timeout, Consumer<String> lines)
                throws StrixhaloException {
            var argv = new ArrayList<>(List.of("setsid"));
            argv.addAll(Leash.command(folder(), timeout, script));
            var program =
                    Program.of(argv).in(path).timeout(timeout).streaming(lines).pulsed();
            program = program.env("STRIXHALO_ROCM", rocm == null ? "" : rocm);
            for (var variable : environment.entrySet()) program = program.env(variable.getKey(), variable.getValue());
            if (environment.containsKey(CCACHE)) program = program.env(CCACHE, ccache);
            return program.run().exitCode();
        }

        @Override
        public void fetch(String name, Path to) throws StrixhaloException {
            Scratch.copy(path.resolve(name), to);
        }

        @Override
        public void close() throws StrixhaloException {
            Scratch.remove(path);
        }
    }
}
