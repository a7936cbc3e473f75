package dev.strixhalo.rccl.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** leash.sh in every shell that may be somebody's sh; its clock is made to run ten times as fast. */
@Timeout(60)
class LeashScriptTest {
    private static final List<String> SHELLS =
            List.of("dash", "bash --posix", "busybox sh", "mksh", "ksh", "zsh --emulate sh");

    /** Two processes that ignore SIGTERM, one of them in a process group of its own, as ninja has its compilers. */
    private static final String STUBBORN = """
            trap '' TERM HUP INT
            sleep 3001 &
            python3 -c 'import os, time; os.setpgid(0, 0); time.sleep(3002)' MARK &
            : >"$1"
            while :; do sleep 3003; done
            """;

    @TempDir
    Path folder;

    private Path scripts;
    private Path temporary;
    private String mark = "";

    @BeforeEach
    void leash() throws Exception {
        Leash.put(folder);
        scripts = folder.resolve(Leash.SCRIPTS);
        temporary = Files.createDirectory(folder.resolve("tmp"));
        mark = "leash-test-" + folder.getFileName();
        // The clock: what sleeps below an hour sleeps a tenth of it.
        var bin = Files.createDirectory(folder.resolve("bin"));
        var sleep = Files.writeString(
                bin.resolve("sleep"),
                "#!/bin/sh\n[ \"$1\" -gt 3000 ] && exec /bin/sleep \"$1\"\nexec /bin/sleep \"0.$1\"\n");
        Files.setPosixFilePermissions(sleep, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void nothingIsLeft() {
        processes().forEach(ProcessHandle::destroyForcibly);
    }

    static Stream<String> shells() {
        return SHELLS.stream();
    }

    private Process start(String shell, int seconds, String script) throws IOException {
        var words = new ArrayList<>(List.of(shell.split(" ")));
        assumeTrue(installed(words.get(0)), words.get(0) + " is not installed on this machine");
        var file = Files.writeString(folder.resolve("script.sh"), script.replace("MARK", mark));
        words.addAll(List.of(
                scripts.resolve("leash.sh").toString(),
                String.valueOf(seconds),
                "sh",
                file.toString(),
                folder.resolve("ready").toString(),
                mark));
        var builder = new ProcessBuilder(words);
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getProperty("path", "/usr/bin:/bin"));
        builder.environment().put("TMPDIR", temporary.toString());
        builder.environment().put("LEASH_TEST", mark);
        builder.redirectErrorStream(true).redirectOutput(folder.resolve("said").toFile());
        return builder.start();
    }

    private static boolean installed(String program) {
        return Stream.of("/bin/", "/usr/bin/").anyMatch(place -> Files.isExecutable(Path.of(place + program)));
    }

    /** Everything on this machine that has the mark in its environment, dead but not yet buried ones excepted. */
    private List<ProcessHandle> processes() {
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    try {
                        return Files.readString(
                                        Path.of("/proc/" + process.pid() + "/environ"), StandardCharsets.ISO_8859_1)
                                .contains("LEASH_TEST=" + mark);
                    } catch (IOException e) {
                        return false;
                    }
                })
                .toList();
    }

    private void awaitReady() throws Exception {
        await(() -> Files.exists(folder.resolve("ready")));
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.holds()) {
            if (System.nanoTime() > end) throw new AssertionError("not within 15 s");
            Thread.sleep(20);
        }
    }

    private void assertEnded(Process leash, int status) throws Exception {
        assertThat(leash.waitFor(15, TimeUnit.SECONDS)).isTrue();
        assertThat(leash.exitValue()).isEqualTo(status);
        // A last sleep of its watch may live on for an instant.
        await(() -> processes().isEmpty());
        assertNoFileIsLeft();
    }

    private void assertNoFileIsLeft() throws IOException {
        try (var left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
        try (var left = Files.list(scripts)) {
            assertThat(left.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("leash.sh", "look.sh", "rocm.sh");
        }
    }

    private String said() throws IOException {
        return Files.readString(folder.resolve("said"));
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("shells")
    void whatTheCommandSaysAndItsStatusComeBack(String shell) throws Exception {
        var leash = start(shell, 100, "echo \"$2\"; echo err >&2; cat; exit 7\n");

        assertEnded(leash, 7);
        assertThat(said()).isEqualTo(mark + "\nerr\n");
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("shells")
    void whatTheCommandLeavesBehindIsEnded(String shell) throws Exception {
        var leash = start(shell, 100, "trap '' TERM\nsleep 3001 &\nexit 0\n");

        assertEnded(leash, 0);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("shells")
    void allEndsWhenItsInputEnds(String shell) throws Exception {
        var leash = start(shell, 3000, STUBBORN);
        awaitReady();
        beat(leash);
        assertThat(leash.isAlive()).isTrue();

        leash.getOutputStream().close();

        assertEnded(leash, 125);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("shells")
    void allEndsWhenItIsTerminated(String shell) throws Exception {
        var leash = start(shell, 3000, STUBBORN);
        awaitReady();

        leash.destroy();

        assertEnded(leash, 125);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("shells")
    void nothingIsLeftWheneverItIsTerminated(String shell) throws Exception {
        for (int millis = 0; millis < 30; millis += 5) {
            var leash = start(shell, 3000, "sleep 3001\n");
            Thread.sleep(millis);

            leash.destroy();

            // Ended before it had set its traps, it had not started anything either.
            assertThat(leash.waitFor(15, TimeUnit.SECONDS)).isTrue();
            await(() -> processes().isEmpty());
            assertNoFileIsLeft();
        }
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("shells")
    void allEndsWhenNoBeatComes(String shell) throws Exception {
        var leash = start(shell, 3000, STUBBORN);
        awaitReady();

        // Its input stays open, as behind a line that was cut.
        assertEnded(leash, 125);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("shells")
    void allEndsWhenItsTimeIsOver(String shell) throws Exception {
        var leash = start(shell, 6, STUBBORN);
        awaitReady();
        beat(leash);

        assertEnded(leash, 124);
    }

    @Execution(ExecutionMode.CONCURRENT)
    @ParameterizedTest
    @MethodSource("shells")
    void beatsKeepItAlive(String shell) throws Exception {
        var leash = start(shell, 3000, ": >\"$1\"\nn=0\nwhile [ $n -lt 26 ]; do sleep 1; n=$((n+1)); done\nexit 3\n");
        awaitReady();

        // 2.6 s by the fast clock are 26; without beats it would have ended after 20.
        while (!leash.waitFor(200, TimeUnit.MILLISECONDS)) beat(leash);

        assertEnded(leash, 3);
    }

    private static void beat(Process leash) {
        try {
            OutputStream to = leash.getOutputStream();
            to.write('\n');
            to.flush();
        } catch (IOException e) {
            // It has ended meanwhile.
        }
    }
}
