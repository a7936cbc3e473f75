package dev.strixhalo.rccl.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Folders;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Timeout(60)
class LocalToolchainTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final String key = UUID.randomUUID().toString().replace("-", "").substring(0, 16);
    private final Path place = Path.of(Workplace.ROOT + key);
    private final LocalToolchain toolchain = new LocalToolchain(Path.of("/a/scratch"), "/a root");
    private final ConcurrentLinkedQueue<String> said = new ConcurrentLinkedQueue<>();

    @TempDir
    Path input;

    @BeforeEach
    void input() throws Exception {
        Leash.put(input);
        Files.createDirectories(input.resolve("source"));
        Files.writeString(input.resolve("source/file"), "source\n");
        Files.createSymbolicLink(input.resolve("source/link"), Path.of("file"));
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        Folders.remove(place);
    }

    private void script(String text) throws IOException {
        Files.writeString(input.resolve("scripts/try.sh"), text);
    }

    private int run(Workplace workplace, Duration timeout, String... arguments) throws StrixhaloException {
        var script = new java.util.ArrayList<>(List.of("scripts/try.sh"));
        script.addAll(List.of(arguments));
        return workplace.run(script, Map.of("STRIXHALO_TARGET", "gfx1151"), timeout, said::add);
    }

    @Test
    void aScriptFindsItsInputAndSaysItsStatus() throws Exception {
        script("pwd; cat source/link; echo \"$1|$STRIXHALO_ROCM|$STRIXHALO_TARGET\"; echo err >&2; exit 3\n");

        try (var workplace = toolchain.open(key, input)) {
            assertThat(workplace.folder()).isEqualTo(place.toString());
            assertThat(Files.isSymbolicLink(place.resolve("source/link"))).isTrue();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(place)))
                    .isEqualTo("rwx------");
            assertThat(run(workplace, MINUTE, "one argument")).isEqualTo(3);
        }
        assertThat(said).containsExactlyInAnyOrder(place.toString(), "source", "one argument|/a root|gfx1151", "err");
    }

    @Test
    void ccacheKeepsItsFolderBesideTheWorkplaces() throws Exception {
        script("echo \"ccache:$STRIXHALO_CCACHE\"\n");

        try (var workplace = toolchain.open(key, input)) {
            assertThat(run(workplace, MINUTE)).isZero();
            var asked = Map.of(Workplace.CCACHE, "on");
            assertThat(workplace.run(List.of("scripts/try.sh"), asked, MINUTE, said::add))
                    .isZero();
        }
        assertThat(said).containsExactly("ccache:", "ccache:/a/scratch/ccache");
    }

    @Test
    void whatItMadeIsFetchedAndThePlaceIsGoneAfterwards() throws Exception {
        script("mkdir -p output/usr/lib; echo lib >output/usr/lib/a.so.1; ln -s a.so.1 output/usr/lib/a.so\n");
        var to = input.resolve("fetched");

        try (var workplace = toolchain.open(key, input)) {
            assertThat(run(workplace, MINUTE)).isZero();
            workplace.fetch("output", to);
        }

        assertThat(to.resolve("usr/lib/a.so.1")).hasContent("lib");
        assertThat(Files.readSymbolicLink(to.resolve("usr/lib/a.so"))).hasToString("a.so.1");
        assertThat(place).doesNotExist();
    }

    @Test
    void oneOfOursThatWasLeftBehindIsEmptied() throws Exception {
        Files.createDirectories(place.resolve("old"));
        script("ls\n");

        try (var workplace = toolchain.open(key, input)) {
            assertThat(run(workplace, MINUTE)).isZero();
        }
        assertThat(said).containsExactly("scripts", "source");
    }

    @Test
    void aLinkInItsPlaceIsNotFollowed() throws Exception {
        var elsewhere = Files.createDirectories(input.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("precious"), "");
        Files.createSymbolicLink(place, elsewhere);

        try (var workplace = toolchain.open(key, input.resolve("source"))) {
            assertThat(Files.isDirectory(Path.of(workplace.folder()), LinkOption.NOFOLLOW_LINKS))
                    .isTrue();
        }
        assertThat(elsewhere.resolve("precious")).exists();
        assertThat(elsewhere.resolve("file")).doesNotExist();
    }

    @Test
    void anotherUsersFolderIsRefused() throws Exception {
        assumeTrue(Program.of("id", "-u").run().text().equals("0"), "only root can make a folder of another user's");
        Files.createDirectories(place);
        Program.of("chown", "nobody", place.toString()).run().orFail();

        assertThatThrownBy(() -> toolchain.open(key, input))
                .hasMessage("Another user's folder lies where RCCL is to be compiled; the path is part of the result.");
        assertThat(place).isEmptyDirectory();
    }

    @Execution(ExecutionMode.CONCURRENT)
    @Test
    void itsTimeEndsAllThatItStarted() throws Exception {
        script("sleep 3001 &\necho $!\nwait\n");

        try (var workplace = toolchain.open(key, input)) {
            var failure = catchThrowableOfType(StrixhaloException.class, () -> run(workplace, Duration.ofMillis(700)));
            assertThat(failure).hasMessageContaining("did not end within");
        }
        assertAllEnded(1);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @Test
    void anInterruptEndsAllThatItStarted() throws Exception {
        script("sleep 3001 &\necho $!\nsleep 3002 &\necho $!\nwait\n");
        var failure = new AtomicReference<Throwable>();
        var thread = new Thread(() -> {
            try (var workplace = toolchain.open(key, input)) {
                run(workplace, MINUTE);
            } catch (StrixhaloException e) {
                failure.set(e);
            }
        });
        thread.start();
        await(() -> said.size() == 2);

        thread.interrupt();
        thread.join();

        assertThat(failure.get()).hasMessageContaining("was interrupted");
        assertAllEnded(2);
        assertThat(place).doesNotExist();
    }

    private void assertAllEnded(int count) throws InterruptedException {
        // A shell says of its own that something was terminated.
        var pids = said.stream().filter(line -> line.matches("\\d+")).toList();
        assertThat(pids).hasSize(count);
        for (var pid : pids) await(() -> !Files.exists(Path.of("/proc/" + pid)));
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(Condition condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.holds()) {
            if (System.nanoTime() > end) throw new AssertionError("not within 15 s");
            Thread.sleep(20);
        }
    }

    @Execution(ExecutionMode.CONCURRENT)
    @Test
    void itsIdentityIsWhatIsThereNow() throws Exception {
        var root = input.resolve("rocm");
        Files.createDirectories(root.resolve("bin"));
        // Stands in for a compiler that tells its version.
        var hipcc = Files.writeString(root.resolve("bin/hipcc"), "#!/bin/sh\necho 'HIP version: 5.7'\n");
        Files.setPosixFilePermissions(hipcc, PosixFilePermissions.fromString("rwxr-xr-x"));
        var there = new LocalToolchain(input, root.toString());

        var first = there.identity();
        assertThat(first).contains("hip 5.7").contains("rocm " + root).contains("libc ");
        assertThat(there.identity()).isEqualTo(first);

        Files.writeString(hipcc, "#!/bin/sh\necho 'HIP version: 7.1'\n");
        assertThat(there.identity()).isNotEqualTo(first);
    }

    @Test
    void saysWhereItIs() {
        assertThat(new LocalToolchain(input, null).text()).isEqualTo("this machine's");
        assertThat(new LocalToolchain(input, "/opt/rocm").text()).isEqualTo("/opt/rocm on this machine");
    }
}
