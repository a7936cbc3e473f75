package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.doctor.Area;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The scripts that change a node, as root, on a copy of /etc that a mount namespace of its own holds. */
final class OwnEtc implements AutoCloseable {
    static final String RUN = "20261126T154000Z";

    private final Path folder;
    private final Process namespace;

    private OwnEtc(Path folder, Process namespace) {
        this.folder = folder;
        this.namespace = namespace;
    }

    /** Skips the test where nobody may make namespaces. */
    static OwnEtc in(Path folder) throws Exception {
        assumeTrue(
                Program.of("sh", "-c", "test $(id -u) = 0 && unshare -m true")
                        .run()
                        .succeeded(),
                "only root can make a mount namespace");
        var etc = Files.createDirectories(folder.resolve("etc"));
        var namespace = new ProcessBuilder(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        "cd /etc && mkdir -p \"$1/security\" \"$1/systemd/system\" && cp -a hostname passwd group \"$1\""
                                + " && mount --bind \"$1\" /etc && echo ready && exec sleep 600",
                        "sh",
                        etc.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(namespace.inputReader().readLine()).isEqualTo("ready");
        Files.writeString(folder.resolve("apply"), Script.text("journal.sh", "apply.sh"));
        Files.writeString(folder.resolve("undo"), Script.text("journal.sh", "undo.sh"));
        return new OwnEtc(folder, namespace);
    }

    /** Where the runs are written down. */
    Path journal() {
        return folder.resolve("var/journal");
    }

    /** Seconds that a lock of a package manager is waited for from now on. */
    void lockPatience(int seconds) throws Exception {
        var script = Files.readString(folder.resolve("apply"));
        assertThat(script).contains("\nlock_patience=120\n");
        Files.writeString(
                folder.resolve("apply"), script.replace("\nlock_patience=120\n", "\nlock_patience=" + seconds + "\n"));
    }

    static String program(List<Step> steps) {
        return Step.program(List.of(new Change("test", Area.OS, List.of(), "Because.", steps, Set.of())));
    }

    /** A file with the program of a run. */
    String write(String program) throws Exception {
        return Files.writeString(Files.createTempFile(folder, "program", ""), program)
                .toString();
    }

    Program.Result apply(String program) throws Exception {
        return apply(RUN, program);
    }

    Program.Result apply(String run, String program) throws Exception {
        return sh("apply", journal().toString(), run, write(program));
    }

    /** Goes on with the run where it was cut off or failed. */
    Program.Result finish() throws Exception {
        return sh("apply", journal().toString(), RUN, "-");
    }

    /**
     * Takes the run back.
     *
     * @param force {@code yes} or {@code no}
     * @param mode  {@code plan} or {@code do}
     */
    Program.Result undo(String force, String mode) throws Exception {
        return sh("undo", journal().toString(), RUN, force, mode);
    }

    String state() throws Exception {
        return Files.readString(journal().resolve(RUN + ".state")).strip();
    }

    /** A line of shell there. */
    Program.Result in(String shell) throws StrixhaloException {
        var argv = new ArrayList<>(prefix());
        argv.addAll(List.of("sh", "-c", shell));
        return Program.of(argv).run();
    }

    /** What puts a command there. */
    List<String> prefix() {
        return List.of("nsenter", "-t", String.valueOf(namespace.pid()), "-m");
    }

    /** What one runs for a script there. */
    List<String> argv(String script, String... parameters) {
        var argv = new ArrayList<>(prefix());
        argv.add("sh");
        argv.add(folder.resolve(script).toString());
        argv.addAll(List.of(parameters));
        return argv;
    }

    /** A folder whose programs go before those of the machine. */
    Path programs() throws Exception {
        return Files.createDirectories(folder.resolve("bin"));
    }

    private Program.Result sh(String script, String... parameters) throws Exception {
        var argv = new ArrayList<>(List.of("env", "PATH=" + programs() + ":" + System.getenv("PATH")));
        argv.addAll(argv(script, parameters));
        return Program.of(argv).timeout(Duration.ofMinutes(1)).run();
    }

    @Override
    public void close() throws Exception {
        namespace.destroyForcibly().waitFor();
    }
}
