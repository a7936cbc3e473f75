package dev.strixhalo.rccl.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Digests;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rccl.elf.BundleWriter;
import dev.strixhalo.rccl.elf.ElfWriter;
import dev.strixhalo.rccl.source.FolderSource;
import dev.strixhalo.rccl.source.Patches;
import dev.strixhalo.rccl.toolchain.Toolchain;
import dev.strixhalo.rccl.toolchain.Workplace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is built when, and what is left. The compiler is a stand-in here; it/rccl has the real one. */
@Timeout(60)
class RcclBuildTest {
    @TempDir
    private Path folder;

    private final StandInToolchain toolchain = new StandInToolchain();

    @BeforeEach
    void sources() throws Exception {
        Files.createDirectories(folder.resolve("sources"));
        Files.writeString(folder.resolve("sources/CMakeLists.txt"), "project(rccl)\n");
    }

    /** A library that would do. */
    private static byte[] fit() {
        return new ElfWriter()
                .soname("librccl.so.1")
                .needed("libamdhip64.so.5")
                .exports("ncclAllReduce")
                .exports("ncclGetVersion")
                .section(".hip_fatbin", BundleWriter.hip().with("gfx1151", 0x4a).plain())
                .bytes();
    }

    /** "Compiles" by writing a library; says what a whole toolchain says. */
    private final class StandInToolchain implements Toolchain {
        String identity = "compiler 1";
        int status;
        byte[] library = fit();
        final AtomicInteger builds = new AtomicInteger();
        CountDownLatch hold = new CountDownLatch(0);

        @Override
        public String text() {
            return "a stand-in";
        }

        @Override
        public String identity() {
            return identity;
        }

        @Override
        public Workplace open(String key, Path input) {
            return new Workplace() {
                @Override
                public String folder() {
                    return input.toString();
                }

                @Override
                public int run(
                        List<String> script,
                        Map<String, String> environment,
                        Duration timeout,
                        Consumer<String> lines) {
                    if (script.get(0).endsWith("look.sh")) {
                        for (var fact : List.of(
                                "hipcc /usr/bin/hipcc",
                                "path-cmake c",
                                "path-ninja n",
                                "path-python3 p",
                                "path-setsid s",
                                "kernel ok")) lines.accept(fact);
                        return 0;
                    }
                    builds.incrementAndGet();
                    lines.accept("[1/1] Linking");
                    try {
                        assertThat(hold.await(30, TimeUnit.SECONDS)).isTrue();
                        var lib = Files.createDirectories(input.resolve("output/usr/lib"));
                        Files.writeString(input.resolve("output/measured"), "peak-kib 2048\ncpu-seconds 3\n");
                        Files.write(lib.resolve("librccl.so.1.0"), library);
                        Files.createSymbolicLink(lib.resolve("librccl.so.1"), Path.of("librccl.so.1.0"));
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return status;
                }

                @Override
                public void fetch(String name, Path to) throws StrixhaloException {
                    try {
                        dev.strixhalo.base.Folders.copy(input.resolve(name), to, path -> false);
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }

                @Override
                public void close() {}
            };
        }
    }

    private RcclBuild.Outcome build(Map<String, String> options, Path... patches) throws StrixhaloException {
        return new RcclBuild(
                        new FolderSource(folder.resolve("sources")),
                        new Patches(List.of(patches)),
                        toolchain,
                        BuildOptions.of("gfx1151", options, false, true),
                        new RcclBuild.Settings(
                                folder.resolve("cache"),
                                folder.resolve("build.log"),
                                Duration.ofMinutes(1),
                                null,
                                false),
                        Progress.SILENT)
                .run();
    }

    @Test
    void theSameInputIsBuiltOnceAndAnythingElseAnew() throws Exception {
        var first = build(Map.of());
        assertThat(first.built()).isTrue();
        assertThat(build(Map.of()).built()).isFalse();
        assertThat(toolchain.builds).hasValue(1);

        assertThat(build(Map.of("COLLTRACE", "OFF")).built()).isTrue();
        toolchain.identity = "compiler 2";
        assertThat(build(Map.of()).built()).isTrue();
        var patch = Files.writeString(
                folder.resolve("x.patch"),
                "--- a/CMakeLists.txt\n+++ b/CMakeLists.txt\n@@ -1 +1,2 @@\n project(rccl)\n+# more\n");
        assertThat(build(Map.of(), patch).built()).isTrue();
        Files.writeString(folder.resolve("sources/new.cc"), "int a;\n");
        assertThat(build(Map.of()).built()).isTrue();
        assertThat(toolchain.builds).hasValue(5);
        assertThat(folder.resolve("sources/CMakeLists.txt")).hasContent("project(rccl)");
    }

    @Test
    void theRecordTellsWhereTheLibraryComesFrom() throws Exception {
        var built = build(Map.of()).contents();
        var record = built.record();

        assertThat(record.sha256()).isEqualTo(Digests.sha256(built.library()));
        assertThat(record.targets()).containsExactly("gfx1151");
        assertThat(record.hip()).isEqualTo(5);
        assertThat(record.symbols()).containsExactly("ncclAllReduce", "ncclGetVersion");
        assertThat(record.identity()).startsWith("files:");
        assertThat(record.measured())
                .extracting("cpuSeconds", "peakBytes", "jobs")
                .containsExactly(3L, 2048L * 1024, 1);
        assertThat(folder.resolve("build.log")).hasContent("[1/1] Linking");
    }

    @Test
    void aBuildThatFailsOrWhoseLibraryWouldNotDoLeavesNothing() throws Exception {
        toolchain.status = 3;
        assertThat(catchThrowableOfType(StrixhaloException.class, () -> build(Map.of())))
                .hasMessage("RCCL could not be compiled (exit code 3).");
        toolchain.status = 0;
        toolchain.library = new ElfWriter()
                .soname("librccl.so.1")
                .needed("libamdhip64.so.5")
                .exports("ncclSend")
                .bytes();
        var refused = catchThrowableOfType(StrixhaloException.class, () -> build(Map.of()));
        assertThat(refused).hasMessageContaining("no GPU code at all");
        assertThat(refused.state()).contains("nothing was kept");
        try (var files = Files.walk(folder.resolve("cache"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.startsWith("stage-") || name.startsWith("librccl"));
        }
        toolchain.library = fit();
        assertThat(build(Map.of()).built()).isTrue();
    }

    @Test
    void whatWasDamagedInTheCacheIsBuiltAgain() throws Exception {
        var built = build(Map.of()).contents();
        Files.write(built.library(), new byte[] {1}, java.nio.file.StandardOpenOption.APPEND);

        assertThat(build(Map.of()).built()).isTrue();
        assertThat(toolchain.builds).hasValue(2);
    }

    @Test
    void ofTwoAtOnceTheSecondWaitsAndTakesWhatTheFirstBuilt() throws Exception {
        toolchain.hold = new CountDownLatch(1);
        var threads = Executors.newFixedThreadPool(2);
        try {
            var running = new ArrayList<java.util.concurrent.Future<RcclBuild.Outcome>>();
            for (int i = 0; i < 2; i++) running.add(threads.submit(() -> build(Map.of())));
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (toolchain.builds.get() == 0) {
                assertThat(System.nanoTime()).isLessThan(end);
                TimeUnit.MILLISECONDS.sleep(10);
            }
            toolchain.hold.countDown();
            var built = new ArrayList<Boolean>();
            for (var each : running) built.add(each.get(30, TimeUnit.SECONDS).built());
            assertThat(built).containsExactlyInAnyOrder(true, false);
            assertThat(toolchain.builds).hasValue(1);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anArchiveIsTheSameEachTimeAndOnlyAWholeOneIsTakenBack() throws Exception {
        var built = build(Map.of()).contents();
        built.archive(folder.resolve("a.tar.gz"));
        built.archive(folder.resolve("b.tar.gz"));
        assertThat(folder.resolve("a.tar.gz")).hasSameBinaryContentAs(folder.resolve("b.tar.gz"));

        var back = RcclPackage.ofArchive(folder.resolve("back"), folder.resolve("a.tar.gz"), "a", "gfx1151");
        assertThat(back.same(built)).isTrue();
        assertThat(Files.readSymbolicLink(folder.resolve("back/lib/librccl.so")))
                .hasToString("librccl.so.1");
        assertThat(catchThrowableOfType(
                        StrixhaloException.class,
                        () -> RcclPackage.ofArchive(
                                folder.resolve("other"), folder.resolve("a.tar.gz"), "a", "gfx1100")))
                .hasMessageContaining("no gfx1100 code");
        Files.write(built.library(), new byte[] {1}, java.nio.file.StandardOpenOption.APPEND);
        built.archive(folder.resolve("c.tar.gz"));
        assertThat(catchThrowableOfType(
                        StrixhaloException.class,
                        () -> RcclPackage.ofArchive(
                                folder.resolve("third"), folder.resolve("c.tar.gz"), "c", "gfx1151")))
                .hasMessageContaining("holds no whole library");
        var file = RcclPackage.ofFile(folder.resolve("file"), back.library(), "lib/mine.so", "gfx1151");
        assertThat(file.record().source()).isEqualTo("lib/mine.so");
    }
}
