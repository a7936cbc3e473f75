package dev.strixhalo.it.rccl;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.SharedDisk;
import dev.strixhalo.it.stage.Mismatch;
import dev.strixhalo.it.stage.Places;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A machine on which ROCm is installed, for {@code <kind>local</kind>}: the toolchain's root with this machine's Java and Maven
 * in it, in namespaces of its own and without a network. It ends when this is closed or this Java dies.
 */
final class ToolchainMachine implements SharedDisk, AutoCloseable {
    /** Its number: this machine, whose pgrep is asked, does not know the account. */
    private static final String USER = "1000";

    private static final Duration END = Duration.ofSeconds(20);

    private final Process script;
    private final Path folder;
    private final long first;

    private ToolchainMachine(Process script, Path folder, long first) {
        this.script = script;
        this.folder = folder;
        this.first = first;
    }

    /**
     * Brings it up, in a second.
     *
     * @param rootfs of the toolchain; only read
     * @param folder for its home and its disk
     */
    static ToolchainMachine start(Path rootfs, Path folder, Places places)
            throws IOException, StrixhaloException, Mismatch {
        Files.createDirectories(folder);
        var program = folder.resolve("toolchain-machine");
        try (InputStream in =
                Objects.requireNonNull(ToolchainMachine.class.getResourceAsStream("toolchain-machine"), "resource")) {
            Files.copy(in, program, StandardCopyOption.REPLACE_EXISTING);
        }
        var process = Program.of(
                        "bash",
                        program.toString(),
                        rootfs.toString(),
                        folder.toString(),
                        javaHome(),
                        mavenHome().toString(),
                        places.maven().toString(),
                        UsersProject.MACHINE_REPOSITORY,
                        places.repository().toString(),
                        UsersProject.OUR_REPOSITORY)
                .start();
        var said = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        if (!"ready".equals(said.readLine())) {
            process.getOutputStream().close();
            throw new Mismatch("the machine does not come up: "
                    + new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        long first = process.children()
                .findFirst()
                .orElseThrow(() -> new Mismatch("the machine has ended"))
                .pid();
        return new ToolchainMachine(process, folder, first);
    }

    private static String javaHome() {
        return System.getProperty("java.home");
    }

    /** Of the mvn on the path. */
    private static Path mavenHome() throws StrixhaloException, IOException {
        var mvn = Program.of("sh", "-c", "command -v mvn").run().orFail().text();
        return Objects.requireNonNull(Path.of(mvn).toRealPath().getParent()).resolveSibling("");
    }

    @Override
    public String name() {
        return "toolchain";
    }

    @Override
    public String user() {
        return USER;
    }

    @Override
    public String home() {
        return "/home/dev";
    }

    @Override
    public Path homeFromHere() {
        return folder.resolve("home");
    }

    /** Its {@code /var/tmp} as seen from this machine. */
    Path disk() {
        return folder.resolve("disk");
    }

    @Override
    public Program program(List<String> argv) {
        var all = new ArrayList<>(inside());
        all.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
        // Ctrl-C is ignored by what runs in the background; users do not run there.
        all.addAll(List.of("env", "-i", "--default-signal", "--chdir=" + home(), "HOME=" + home(), "LANG=C.UTF-8"));
        all.addAll(List.of("JAVA_HOME=" + javaHome(), "PATH=/opt/maven/bin:/usr/local/bin:/usr/bin:/bin"));
        all.addAll(argv);
        return Program.of(all);
    }

    /** The toolchain lacks programs that look at processes; those of this machine do so, in its namespaces. */
    @Override
    public Program rootProgram(List<String> argv) {
        var all = new ArrayList<>(enter());
        all.addAll(argv);
        return Program.of(all);
    }

    /** What one types before a command of the toolchain to run it there as root. */
    List<String> inside() {
        var all = new ArrayList<>(enter());
        all.addAll(List.of("chroot", folder.resolve("root").toString()));
        return all;
    }

    private List<String> enter() {
        return List.of("nsenter", "-t", String.valueOf(first), "--mount", "--pid", "--net", "--uts", "--");
    }

    @Override
    public void close() throws IOException {
        script.getOutputStream().close();
        try {
            if (!script.waitFor(END.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)) script.destroyForcibly();
        } catch (InterruptedException e) {
            script.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
