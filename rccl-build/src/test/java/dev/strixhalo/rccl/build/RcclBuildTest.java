package dev.strixhalo.rccl.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.build.RcclBuild.Outcome;
import dev.strixhalo.rccl.source.FolderSource;
import dev.strixhalo.rccl.source.Patches;
import dev.strixhalo.rccl.toolchain.LocalToolchain;
import dev.strixhalo.rccl.toolchain.Toolchain;
import dev.strixhalo.rccl.toolchain.Workplace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Timeout(60)
class RcclBuildTest {
    @TempDir
    Path folder;

    private Path cache;
    private Path log;
    private StandInToolchain toolchain;
    private final Map<String, String> options = new HashMap<>();
    private final List<Path> patches = new ArrayList<>();
    private final Saying progress = new Saying();

    @BeforeEach
    void sources() throws IOException {
        cache = folder.resolve("the cache");
        log = folder.resolve("target/rccl.log");
        toolchain = new StandInToolchain(folder.resolve("work"));
        source("CMakeLists.txt", "project(rccl)\n");
        source("makefiles/version.mk", "NCCL_MAJOR := 2\nNCCL_MINOR := 13\nNCCL_PATCH := 4\n");
        source(
                "src/include/devcomm.h",
                "#if defined(__gfx1030__) || defined(__gfx1151__)\n#define WARP_SIZE 32\n#endif\n");
    }

    private void source(String path, String text) throws IOException {
        var file = folder.resolve("source").resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private RcclBuild build(Toolchain with, Path into, Duration timeout) throws StrixhaloException {
        return new RcclBuild(
                new FolderSource(folder.resolve("source")),
                new Patches(patches),
                with,
                BuildOptions.of("gfx1151", options, false, true),
                new RcclBuild.Settings(into, log, timeout, null, false),
                progress);
    }

    private Outcome run() throws StrixhaloException {
        return build(toolchain, cache, Duration.ofMinutes(1)).run();
    }

    private StrixhaloException refused() {
        return catchThrowableOfType(StrixhaloException.class, this::run);
    }

    private String key() throws StrixhaloException {
        return Objects.requireNonNull(run().contents().record().key());
    }

    /** What a build may leave: packages, locks, sources; nothing half made, no workplace. */
    private void assertNothingHalfMade(int packages) throws IOException {
        try (var list = Files.list(cache)) {
            assertThat(list.map(path -> path.getFileName().toString())).isSubsetOf("built", "sources", "wheels");
        }
        if (Files.isDirectory(cache.resolve("built"))) {
            try (var list = Files.list(cache.resolve("built"))) {
                assertThat(list.map(path -> path.getFileName().toString()).filter(name -> !name.endsWith(".lock")))
                        .hasSize(packages)
                        .allMatch(name -> name.matches("[0-9a-f]{16}"));
            }
        }
        assertThat(folder.resolve("work").resolve("x").getParent())
                .satisfiesAnyOf(
                        work -> assertThat(work).doesNotExist(),
                        work -> assertThat(work).isEmptyDirectory());
    }

    @Test
    void buildsJudgesAndRecords() throws Exception {
        var outcome = run();

        assertThat(outcome.built()).isTrue();
        var contents = outcome.contents();
        assertThat(contents.library()).hasBinaryContent(StandInToolchain.LIBRARY);
        assertThat(Files.readSymbolicLink(contents.folder().resolve("lib/librccl.so")))
                .hasToString("librccl.so.1");
        assertThat(Files.readSymbolicLink(contents.folder().resolve("lib/librccl.so.1")))
                .hasToString("librccl.so.1.0");
        assertThat(contents.folder().resolve("include/rccl/rccl.h")).hasContent("/* header */");
        var record = contents.record();
        assertThat(record.sha256()).isEqualTo(Digests.sha256(contents.library()));
        assertThat(record.targets()).containsExactly("gfx1151");
        assertThat(record.hip()).isEqualTo(5);
        assertThat(record.nccl()).isEqualTo("2.13.4");
        assertThat(record.commit()).isNull();
        assertThat(record.identity()).startsWith("files:");
        assertThat(record.toolchain()).isEqualTo("a stand-in");
        assertThat(record.versions()).containsExactly(Map.entry("hip", "5.7"));
        assertThat(record.options()).containsEntry("GPU_TARGETS", "gfx1151").containsEntry("AMDGPU_TARGETS", "gfx1151");
        assertThat(record.symbols()).containsExactly("ncclAllReduce", "ncclGetVersion");
        assertThat(Objects.requireNonNull(record.measured()).cpuSeconds()).isEqualTo(231);
        assertThat(record.measured().peakBytes()).isEqualTo(180000L * 1024);
        assertThat(record.measured().jobs()).isEqualTo(2);
        assertThat(log).content().contains("[2/2] Linking CXX shared library");
        assertNothingHalfMade(1);
    }

    @Test
    void whatWasBuiltIsNotBuiltAgain() throws Exception {
        var first = run();
        var second = run();

        assertThat(second.built()).isFalse();
        assertThat(second.contents()).isEqualTo(first.contents());
        assertThat(toolchain.builds()).isEqualTo(1);
    }

    @Test
    void theWorkplaceHoldsPatchedSourcesAndNoGit() throws Exception {
        source(".git/HEAD", "ref: refs/heads/main\n");
        source(".gitignore", "build\n");
        patch();
        run();

        assertThat(toolchain.seen())
                .contains(
                        "cmake-arguments",
                        "scripts/build.sh",
                        "scripts/leash.sh",
                        "scripts/rocm.sh",
                        "source/CMakeLists.txt",
                        "source/.gitignore")
                .noneMatch(name -> name.startsWith("source/.git/"));
        assertThat(progress.said).contains("patch: add.patch  applied");
        assertThat(progress.said).contains("look: NCCL 2.13.4 knows gfx1151 in src/include/devcomm.h line 2");
        assertThat(folder.resolve("source/CMakeLists.txt")).hasContent("project(rccl)");
    }

    private void patch() throws IOException {
        patches.add(Files.writeString(folder.resolve("add.patch"), """
                --- a/CMakeLists.txt
                +++ b/CMakeLists.txt
                @@ -1 +1,2 @@
                 project(rccl)
                +# patched
                """));
    }

    @Execution(ExecutionMode.CONCURRENT)
    @Test
    void theKeyIsThatOfTheInput() throws Exception {
        var keys = new HashSet<String>();
        keys.add(key());
        patch();
        keys.add(key());
        options.put("COLLTRACE", "OFF");
        keys.add(key());
        toolchain.identity = "stand-in 2";
        keys.add(key());
        source("src/new.cc", "int x;\n");
        keys.add(key());
        assertThat(keys).hasSize(5);
        assertThat(toolchain.builds()).isEqualTo(5);

        // Neither the cache nor the place of the sources nor what a patch is called is part of it.
        Files.move(folder.resolve("add.patch"), folder.resolve("other.patch"));
        patches.set(0, folder.resolve("other.patch"));
        cache = folder.resolve("elsewhere");
        assertThat(keys).contains(key());
    }

    @Test
    void aBuildThatFailsLeavesNothingHalfMade() throws Exception {
        toolchain.before = "mkdir output; echo half >output/librccl.so.1; echo 'some error'; exit 3";

        var failure = refused();

        assertThat(failure).hasMessage("RCCL could not be compiled (exit code 3).");
        assertThat(failure.problems().get(0).found()).containsExactly("some error");
        assertThat(failure.problems().get(0).fixes()).containsExactly("the whole log: " + log);
        assertNothingHalfMade(0);

        toolchain.before = "";
        assertThat(run().built()).isTrue();
    }

    @Execution(ExecutionMode.CONCURRENT)
    @Test
    void aBuildThatDoesNotEndLeavesNothingHalfMade() throws Exception {
        toolchain.before = "sleep 3000";

        var failure = catchThrowableOfType(
                StrixhaloException.class,
                () -> build(toolchain, cache, Duration.ofMillis(500)).run());

        assertThat(failure).hasMessageContaining("did not end within");
        assertNothingHalfMade(0);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @Test
    void anInterruptLeavesNothingHalfMade() throws Exception {
        toolchain.before = "echo started; sleep 3000";
        var threads = Executors.newSingleThreadExecutor();
        try {
            var running = threads.submit(this::refused);
            while (!Files.exists(log) || Files.size(log) == 0) Thread.sleep(20);
            threads.shutdownNow();
            assertThat(running.get()).hasMessageContaining("was interrupted");
        } finally {
            threads.shutdownNow();
        }
        assertNothingHalfMade(0);
    }

    @Test
    void aLibraryThatWouldNotDoIsNotKept() throws Exception {
        toolchain.library = StandInToolchain.library("gfx1100", 0x41);

        var failure = refused();

        assertThat(failure).hasMessageContaining("The library has no gfx1151 code, only gfx1100");
        assertThat(failure.state()).contains("nothing was kept of it");
        assertNothingHalfMade(0);
    }

    @Test
    void aBuildThatInstallsNothingSaysSo() throws Exception {
        toolchain.before = "mkdir output; printf 'peak-kib 1\\ncpu-seconds 1\\n' >output/measured; exit 0";

        assertThat(refused()).hasMessage("The build ended well and installed no librccl.so.1.");
        assertNothingHalfMade(0);
    }

    @Test
    void sourcesThatDoNotKnowTheGpuAreNotBuilt() throws Exception {
        source("src/include/devcomm.h", "#if defined(__gfx1030__)\n#define WARP_SIZE 32\n#endif\n");

        assertThat(refused()).hasMessageContaining("do not know gfx1151 in src/include/devcomm.h");
        assertThat(toolchain.builds()).isZero();
        assertNothingHalfMade(0);
    }

    @Test
    void withoutACompilerItIsNamedAndNothingIsLeft() throws Exception {
        var nowhere = new LocalToolchain(cache, folder.resolve("no rocm").toString());
        var before = workplaces();

        var failure = catchThrowableOfType(
                StrixhaloException.class,
                () -> build(nowhere, cache, Duration.ofMinutes(1)).run());

        assertThat(failure.problems())
                .extracting(Problem::what)
                .contains("The toolchain lacks a HIP compiler (hipcc).");
        assertThat(failure.state()).isEqualTo("Nothing was compiled.");
        assertNothingHalfMade(0);
        assertThat(workplaces()).isSubsetOf(before);
        assertThat(log).doesNotExist();
    }

    private static List<Path> workplaces() throws IOException {
        var root = Path.of(Workplace.ROOT);
        try (var list = Files.newDirectoryStream(root.getParent(), root.getFileName() + "*")) {
            var all = new ArrayList<Path>();
            list.forEach(all::add);
            return all;
        }
    }

    @Test
    void whatWasDamagedInTheCacheIsBuiltAgain() throws Exception {
        var contents = run().contents();
        Files.write(contents.library(), new byte[] {1, 2, 3});
        assertThat(run().built()).isTrue();
        assertThat(contents.library()).hasBinaryContent(StandInToolchain.LIBRARY);

        Files.delete(contents.folder().resolve("rccl.json"));
        assertThat(run().built()).isTrue();
        Files.writeString(contents.folder().resolve("rccl.json"), "{\"kind\": ");
        assertThat(run().built()).isTrue();

        assertThat(progress.said.stream().filter(line -> line.contains("is damaged")))
                .hasSize(3);
        assertThat(run().built()).isFalse();
    }

    @Execution(ExecutionMode.CONCURRENT)
    @Test
    void ofTwoAtOnceTheSecondWaitsAndTakesWhatTheFirstBuilt() throws Exception {
        var secondWaits = new CountDownLatch(1);
        progress.on("wait", secondWaits);
        toolchain.opening = () -> {
            try {
                assertThat(secondWaits.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        var threads = Executors.newFixedThreadPool(2);
        try {
            var first = threads.submit(this::run);
            var second = threads.submit(this::run);

            assertThat(List.of(first.get().built(), second.get().built())).containsExactlyInAnyOrder(true, false);
            assertThat(first.get().contents()).isEqualTo(second.get().contents());
        } finally {
            threads.shutdownNow();
        }
        assertThat(toolchain.builds()).isEqualTo(1);
        assertNothingHalfMade(1);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @Test
    void oneThatGaveUpWaitingDoesNotDisturbTheOther() throws Exception {
        var secondWaits = new CountDownLatch(1);
        var secondIsGone = new CountDownLatch(1);
        progress.on("wait", secondWaits);
        toolchain.opening = () -> {
            try {
                assertThat(secondIsGone.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        };
        var one = Executors.newSingleThreadExecutor();
        var two = Executors.newSingleThreadExecutor();
        try {
            var first = one.submit(this::run);
            while (!Files.isDirectory(cache.resolve("built"))) Thread.sleep(10);
            var second = two.submit(this::refused);
            assertThat(secondWaits.await(20, TimeUnit.SECONDS)).isTrue();
            two.shutdownNow();
            assertThat(second.get()).hasMessage("The wait for another build was interrupted.");
            secondIsGone.countDown();

            assertThat(first.get().built()).isTrue();
            assertThat(first.get().contents().library()).hasBinaryContent(StandInToolchain.LIBRARY);
        } finally {
            one.shutdownNow();
            two.shutdownNow();
        }
    }

    @Test
    void aFullDiskUnderTheLogIsSaidAndDoesNotEndTheBuild() throws Exception {
        log = Path.of("/dev/full");
        assumeTrue(Files.exists(log));

        assertThat(run().built()).isTrue();
        assertThat(progress.said).contains("the log is not whole: /dev/full: No space left on device");
    }

    @Test
    void theWordsBesideItAreThoseOfItsRecord() throws Exception {
        assertThat(run().contents().record().summary()).matches(".* kB  sha256:[0-9a-f]{12}…  NCCL 2\\.13\\.4");
        Folders.remove(cache);
    }

    /** Keeps what is said. */
    private static final class Saying implements Progress {
        private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();
        private volatile String awaited = "";
        private volatile CountDownLatch latch = new CountDownLatch(0);

        void on(String topic, CountDownLatch countedDown) {
            awaited = topic;
            latch = countedDown;
        }

        @Override
        public void line(String topic, String text) {
            said.add(topic + ": " + text);
            if (topic.equals(awaited)) latch.countDown();
        }

        @Override
        public void warn(String text) {
            said.add(text);
        }

        @Override
        public Step begin(String topic) {
            return SILENT.begin(topic);
        }
    }
}
