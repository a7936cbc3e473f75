package dev.strixhalo.rccl.build;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.library.Verdict;
import dev.strixhalo.rccl.library.Wanted;
import dev.strixhalo.rccl.source.Patches;
import dev.strixhalo.rccl.source.Source;
import dev.strixhalo.rccl.source.SourceLook;
import dev.strixhalo.rccl.toolchain.Leash;
import dev.strixhalo.rccl.toolchain.Toolchain;
import dev.strixhalo.rccl.toolchain.ToolchainFacts;
import dev.strixhalo.rccl.toolchain.Wheels;
import dev.strixhalo.rccl.toolchain.Workplace;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One build, from the sources to a judged package. The same sources, patches, toolchain and options are built once; what was
 * built is kept in the cache by their key.
 */
public final class RcclBuild {
    private static final String SCRIPT = Leash.SCRIPTS + "/build.sh";
    private static final Duration LOOK = Duration.ofMinutes(3);

    private final Source source;
    private final Patches patches;
    private final Toolchain toolchain;
    private final BuildOptions options;
    private final Settings settings;
    private final Progress progress;

    /**
     * Where and how long.
     *
     * @param cache   for sources, wheels and what was built
     * @param log     takes the whole output of the tools; replaced
     * @param timeout of the whole compilation
     * @param jobs    at once, or null for as many as cores and memory allow
     * @param wheels  whether CMake and ninja are brought along as wheels
     */
    public record Settings(
            Path cache,
            Path log,
            Duration timeout,
            @Nullable Integer jobs,
            boolean wheels) {}

    public RcclBuild(
            Source source,
            Patches patches,
            Toolchain toolchain,
            BuildOptions options,
            Settings settings,
            Progress progress) {
        this.source = source;
        this.patches = patches;
        this.toolchain = toolchain;
        this.options = options;
        this.settings = settings;
        this.progress = progress;
    }

    /**
     * What came of it.
     *
     * @param built    whether anything was compiled
     * @param contents the package, in the cache; to be copied, not to be changed
     */
    public record Outcome(boolean built, RcclPackage contents) {}

    /**
     * Builds, or finds what was built.
     *
     * @throws StrixhaloException when the sources cannot be had or do not know the GPU, something of the toolchain is missing,
     *     the build fails, or what came out would not do
     */
    public Outcome run() throws StrixhaloException {
        var tree = source.bring(settings.cache().resolve("sources"), progress);
        var identity = toolchain.identity();
        var key = key(tree, identity);
        var place = settings.cache().resolve("built").resolve(key);
        var there = new RcclPackage(place);
        if (there.intact()) return new Outcome(false, there);
        progress.line("source", source.text());
        progress.line("toolchain", toolchain.text() + "  (" + identity + ")");
        try (var lock = BuildLock.take(settings.cache().resolve("built").resolve(key + ".lock"), progress)) {
            // Whoever held the lock may have built just this.
            if (there.intact()) return new Outcome(false, there);
            if (Files.isDirectory(place)) {
                progress.warn("what was built before is damaged, and is built again: " + place);
                BuildTrees.remove(place);
            }
            // Only who holds the lock may touch what is being made.
            var staged = settings.cache().resolve("stage-" + key);
            BuildTrees.remove(staged);
            try {
                var input = stage(staged, tree);
                try (var workplace = toolchain.open(key, staged)) {
                    compile(workplace, tree, input, key, place);
                }
            } finally {
                BuildTrees.remove(staged);
            }
            return new Outcome(true, there);
        }
    }

    private String key(Source.Tree tree, String identity) throws StrixhaloException {
        var all = new ArrayList<String>();
        // Goes up when the scripts would make something else of the same input.
        all.add("1");
        all.add(tree.identity());
        all.addAll(patches.digests());
        all.add(identity);
        all.addAll(options.arguments());
        if (settings.wheels()) all.addAll(Wheels.PINNED);
        return Digests.sha256(String.join("\n", all)).substring(0, 16);
    }

    /** What the sources turned out to be. */
    private record Input(List<Patches.Applied> patches, SourceLook look, ToolchainFacts.Demands demands) {}

    private Input stage(Path staged, Source.Tree tree) throws StrixhaloException {
        try {
            var copy = Files.createDirectories(staged.resolve("source"));
            BuildTrees.copySources(tree.folder(), copy);
            var applied = patches.applyTo(copy, tree.inside(), progress);
            var look = SourceLook.at(copy, options.target(), options.tracing(), options.look());
            progress.line(
                    "look",
                    look.known().isEmpty()
                            ? "NCCL %s; no condition that is known to matter was found in these sources"
                                    .formatted(look.nccl())
                            : "NCCL %s knows %s in %s"
                                    .formatted(look.nccl(), options.target(), String.join(", ", look.known())));
            Leash.put(staged);
            Files.writeString(staged.resolve(SCRIPT), script());
            Files.write(staged.resolve("cmake-arguments"), options.arguments());
            if (settings.wheels())
                Wheels.put(Files.createDirectories(settings.cache().resolve("wheels")), staged);
            return new Input(applied, look, BuildTrees.demands(copy, options));
        } catch (IOException e) {
            throw BuildTrees.unwritable(staged, e);
        }
    }

    private void compile(Workplace workplace, Source.Tree tree, Input input, String key, Path place)
            throws StrixhaloException {
        long began = System.nanoTime();
        var environment = new TreeMap<String, String>();
        environment.put("STRIXHALO_TARGET", options.target());
        if (options.ccache()) {
            progress.warn("ccache: the bytes of a first build with it differ from those of one without");
            environment.put(Workplace.CCACHE, "on");
        }
        if (settings.wheels()) environment.put("STRIXHALO_TOOLS", workplace.folder() + "/" + Wheels.PROGRAMS);
        var facts = look(workplace, environment);
        facts.demand(options.target(), input.demands(), options.ccache());
        int jobs = settings.jobs() != null ? settings.jobs() : facts.jobs(options.memoryPerJob());
        build(workplace, environment, jobs);
        var fetched = place.resolveSibling(key + ".part");
        var fresh = place.resolveSibling(key + ".new");
        BuildTrees.remove(fetched);
        BuildTrees.remove(fresh);
        try {
            workplace.fetch("output", fetched);
            var verdict = judge(BuildTrees.installed(fetched, "librccl.so.1"), fetched);
            var record = record(key, tree, input, facts, verdict, fetched, jobs, began);
            var library = BuildTrees.installed(fetched, "librccl.so.1");
            RcclPackage.make(fresh, library, BuildTrees.header(fetched));
            RcclRecord.file(fresh).write(record);
            Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE);
            progress.line("judged", verdict.summary());
        } catch (IOException e) {
            throw RcclPackage.unwritable(place, e);
        } finally {
            BuildTrees.remove(fetched);
            BuildTrees.remove(fresh);
        }
    }

    private ToolchainFacts look(Workplace workplace, Map<String, String> environment) throws StrixhaloException {
        var lines = Collections.synchronizedList(new ArrayList<String>());
        var script = List.of(Leash.SCRIPTS + "/look.sh", workplace.folder() + "/" + Leash.SCRIPTS, "deep");
        int status = workplace.run(script, environment, LOOK, lines::add);
        if (status == 0) return ToolchainFacts.parse(List.copyOf(lines));
        var problem = Problem.of("The toolchain does not answer (exit code %d).".formatted(status));
        for (var line : lines) problem = problem.found(line);
        throw problem.fix("see whether a shell runs there: " + toolchain.text()).asException();
    }

    private void build(Workplace workplace, Map<String, String> environment, int jobs) throws StrixhaloException {
        var lines = Collections.synchronizedList(new ArrayList<String>());
        try (var step = progress.begin("compile");
                var log = new BuildLog(settings.log())) {
            var ninja = new NinjaProgress(step, System::nanoTime);
            var script = List.of(SCRIPT, workplace.folder(), String.valueOf(jobs));
            int status = workplace.run(script, environment, settings.timeout(), line -> {
                lines.add(line);
                log.line(line);
                ninja.line(line);
            });
            if (log.lost() != null) progress.warn("the log is not whole: " + log.lost());
            if (status != 0) throw BuildFailure.of(status, List.copyOf(lines), settings.log());
            step.done("with %d %s".formatted(jobs, jobs == 1 ? "job" : "jobs"));
        }
    }

    private Verdict judge(Path library, Path fetched) throws StrixhaloException {
        var verdict = FinishedLibrary.judge(library, new Wanted(options.target(), null, new TreeSet<>()), true);
        try {
            FinishedLibrary.demandFit(verdict);
        } catch (StrixhaloException e) {
            throw e.leaving("the build ended well, and what came out of it would not do: nothing was kept of it.");
        }
        return verdict;
    }

    private RcclRecord record(
            String key,
            Source.Tree tree,
            Input input,
            ToolchainFacts facts,
            Verdict verdict,
            Path fetched,
            int jobs,
            long began)
            throws IOException {
        var measured = ToolchainFacts.parse(Files.readAllLines(fetched.resolve("measured")));
        var library = verdict.library();
        return new RcclRecord(
                key,
                source.text(),
                tree.identity(),
                tree.commit().isEmpty() ? null : tree.commit(),
                input.look().nccl(),
                input.patches(),
                toolchain.text(),
                facts.versions(),
                new TreeMap<>(options.cmake()),
                new TreeSet<>(library.device().targets()),
                library.hip(),
                new TreeSet<>(library.exported()),
                library.size(),
                Objects.requireNonNull(library.sha256()),
                new RcclRecord.Measured(
                        Duration.ofNanos(System.nanoTime() - began).toSeconds(),
                        Long.parseLong(measured.get("cpu-seconds")),
                        Long.parseLong(measured.get("peak-kib")) * 1024,
                        jobs));
    }

    private static String script() {
        try (InputStream in = Objects.requireNonNull(RcclBuild.class.getResourceAsStream("build.sh"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
