package dev.strixhalo.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.RecordFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The real node script with its real supervisor, in folders of a test; closed, it leaves no process behind. */
final class NodeScript implements AutoCloseable {
    private static final Path SCRIPT = Path.of(
                    "target/classes/dev/strixhalo/image/rootfs/opt/strixhalo/bin/strixhalo-node")
            .toAbsolutePath();

    private final Path run;
    private final Path log;
    private Process supervisor;

    NodeScript(Path folder) throws Exception {
        run = folder.resolve("run");
        log = folder.resolve("log");
        supervisor = supervise();
    }

    /** What a verb answered: its exit code and its last line. */
    record Answer(int exit, JsonNode json, List<String> lines) {}

    /** Starts a supervisor, as the container does, and waits until it answers. */
    Process supervise() throws Exception {
        var process = program("supervise").start();
        supervisor = process;
        eventually("the supervisor answers", () -> ask("status", "").exit() == 0);
        return process;
    }

    Answer ask(String verb, String stdin, String... arguments) {
        var words = new ArrayList<>(List.of(verb));
        words.addAll(List.of(arguments));
        try {
            var result = program(words.toArray(String[]::new))
                    .stdin(stdin)
                    .timeout(Duration.ofSeconds(60))
                    .run();
            var last = result.out().isEmpty()
                    ? "{}"
                    : result.out().get(result.out().size() - 1);
            return new Answer(result.exitCode(), RecordFile.json().readTree(last), result.out());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (dev.strixhalo.base.StrixhaloException e) {
            throw new AssertionError(e);
        }
    }

    /** A launch with one part that runs a shell script. */
    static ObjectNode launch(String id, String shell) {
        var json = RecordFile.json().createObjectNode();
        json.put("launch", id);
        var part = json.putArray("parts").addObject();
        part.put("name", "part").put("grace", 2);
        part.putArray("argv").add("sh").add("-c").add(shell);
        part.putObject("environment");
        return json;
    }

    JsonNode status() {
        return ask("status", "").json();
    }

    JsonNode part() {
        return status().path("parts").path(0);
    }

    /** All that the part said. */
    List<String> said() {
        var texts = new ArrayList<String>();
        for (var line : ask("logs", "").lines()) {
            try {
                var json = RecordFile.json().readTree(line);
                if (json.path("part").asText().equals("part"))
                    texts.add(json.path("text").asText());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return texts;
    }

    Path run() {
        return run;
    }

    Path log() {
        return log;
    }

    Process supervisor() {
        return supervisor;
    }

    static void eventually(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.sleep(50);
        }
    }

    static boolean alive(long pid) {
        return Files.exists(Path.of("/proc/" + pid))
                && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    @Override
    public void close() {
        var below = supervisor.descendants().toList();
        supervisor.destroy();
        try {
            if (!supervisor.waitFor(20, java.util.concurrent.TimeUnit.SECONDS)) supervisor.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            supervisor.destroyForcibly();
        }
        below.forEach(ProcessHandle::destroyForcibly);
    }

    /** A verb whose caller beats once, and is gone after some seconds. */
    int leaving(int seconds, String verb) throws dev.strixhalo.base.StrixhaloException {
        return in(Program.of("sh", "-c", "{ echo; sleep %d; } | sh '%s' %s".formatted(seconds, SCRIPT, verb)))
                .run()
                .exitCode();
    }

    private Program program(String... words) {
        var argv = new ArrayList<>(List.of("sh", SCRIPT.toString()));
        argv.addAll(List.of(words));
        return in(Program.of(argv));
    }

    private Program in(Program program) {
        return program.env("STRIXHALO_RUN", run.toString()).env("STRIXHALO_LOG", log.toString());
    }
}
