package dev.strixhalo.rccl.toolchain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The script that ends a build with whoever waits for it, under the shells that are called sh somewhere; and the workplace. */
@Timeout(90)
class LeashTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void scripts() throws Exception {
        Leash.put(folder);
    }

    static Stream<List<String>> shells() {
        return Stream.of(List.of("dash"), List.of("bash"), List.of("busybox", "sh"), List.of("mksh"))
                .filter(shell -> Files.isExecutable(Path.of("/bin", shell.get(0)))
                        || Files.isExecutable(Path.of("/usr/bin", shell.get(0))));
    }

    private Process start(List<String> shell, int seconds, String command) throws Exception {
        var argv = new ArrayList<>(shell);
        argv.addAll(
                List.of(folder.resolve("scripts/leash.sh").toString(), String.valueOf(seconds), "sh", "-c", command));
        var builder = new ProcessBuilder(argv).redirectErrorStream(true);
        builder.environment().put("TMPDIR", folder.toString());
        return builder.start();
    }

    private ProcessHandle child() throws Exception {
        var file = folder.resolve("pid");
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!Files.exists(file) || Files.size(file) == 0) {
            assertThat(System.nanoTime()).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).orElseThrow();
    }

    private void nothingIsLeft() {
        assertThat(folder.toFile().list()).noneMatch(name -> name.startsWith("strixhalo-leash"));
    }

    @ParameterizedTest
    @MethodSource("shells")
    void theExitStatusIsTheCommands(List<String> shell) throws Exception {
        var process = start(shell, 60, "exit 7");

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(7);
        nothingIsLeft();
    }

    @ParameterizedTest
    @MethodSource("shells")
    void allEndsWhenNobodyListensAnyMore(List<String> shell) throws Exception {
        var process = start(shell, 60, "sleep 60 & echo $! >" + folder.resolve("pid") + "; wait");
        var child = child();

        process.getOutputStream().close();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(125);
        assertThat(child.onExit()).succeedsWithin(Duration.ofSeconds(10));
        nothingIsLeft();
    }

    @ParameterizedTest
    @MethodSource("shells")
    void allEndsAtItsTimeEvenWhatDoesNotWantTo(List<String> shell) throws Exception {
        var process =
                start(shell, 2, "trap '' TERM; echo $$ >" + folder.resolve("pid") + "; while :; do sleep 1; done");
        var child = child();

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(124);
        assertThat(child.onExit()).succeedsWithin(Duration.ofSeconds(10));
        nothingIsLeft();
    }

    private Workplace workplace() throws StrixhaloException {
        // A key of this test alone.
        var key = "test%012x".formatted(ProcessHandle.current().pid() * 1000003L + System.nanoTime() % 1000003L);
        return new LocalToolchain(folder.resolve("scratch"), null).open(key, folder);
    }

    @Test
    void aWorkplaceRunsAScriptHandsOnItsLinesAndBringsBackWhatItMade() throws Exception {
        Files.writeString(folder.resolve("make.sh"), "mkdir out; echo $NAME >out/made; echo said; exit 3\n");
        var lines = Collections.synchronizedList(new ArrayList<String>());
        Path place;
        try (var workplace = workplace()) {
            place = Path.of(workplace.folder());
            assertThat(workplace.folder()).startsWith("/var/tmp/strixhalo-rccl-test");

            assertThat(workplace.run(List.of("make.sh"), Map.of("NAME", "value"), Duration.ofSeconds(20), lines::add))
                    .isEqualTo(3);

            workplace.fetch("out", folder.resolve("back"));
        }
        assertThat(lines).containsExactly("said");
        assertThat(folder.resolve("back/made")).hasContent("value");
        assertThat(place).doesNotExist();
    }

    @Test
    void aScriptThatTakesTooLongIsEndedAndSaidSo() throws Exception {
        Files.writeString(folder.resolve("hang.sh"), "echo $$ >" + folder.resolve("pid") + "; sleep 60\n");
        try (var workplace = workplace()) {
            var failure = catchThrowableOfType(
                    StrixhaloException.class,
                    () -> workplace.run(List.of("hang.sh"), Map.of(), Duration.ofSeconds(2), line -> {}));

            assertThat(failure).hasMessageContaining("did not end within 2.0 s");
            var child = ProcessHandle.of(
                    Long.parseLong(Files.readString(folder.resolve("pid")).strip()));
            if (child.isPresent()) assertThat(child.get().onExit()).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void whoLooksForRocmTakesWhatWasAskedForOrNothingAndKeepsTheEnvironmentOut() throws Exception {
        var root = Files.createDirectories(folder.resolve("rocm/bin")).resolveSibling("");
        // Stands in for a compiler: it tells the variables that reach it.
        var hipcc =
                Files.writeString(root.resolve("bin/hipcc"), "#!/bin/sh\necho \"HIP version: ${CXXFLAGS:-clean}\"\n");
        assertThat(hipcc.toFile().setExecutable(true)).isTrue();
        var environment = Map.of("ROCM_PATH", root.toString(), "CXXFLAGS", "-O0");

        assertThat(look(environment)).contains("rocm " + root, "hip clean");
        assertThat(look(Map.of("ROCM_PATH", root.toString(), "STRIXHALO_ROCM", "/nowhere")))
                .contains("rocm ", "hipcc ")
                .doesNotContain("rocm " + root);
    }

    private List<String> look(Map<String, String> environment) throws Exception {
        var scripts = folder.resolve("scripts").toString();
        var builder = new ProcessBuilder("sh", scripts + "/look.sh", scripts).redirectErrorStream(true);
        builder.environment().putAll(environment);
        var process = builder.start();
        var out = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return out.lines().toList();
    }
}
