package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Problem;
import dev.strixhalo.host.FedoraRecording;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another package manager is at work on the node: it is waited for, and in the end named. */
@Timeout(120)
class PackageLocksTest {
    @TempDir
    Path folder;

    private OwnEtc machine;

    @BeforeEach
    void start() throws Exception {
        machine = OwnEtc.in(folder);
    }

    @AfterEach
    void gone() throws Exception {
        if (machine != null) machine.close();
    }

    /** Real apt-get, and a real lock of its lists that a process holds. */
    @Test
    void aPackageManagerThatIsBusyIsWaitedForAndThenNamed() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/apt-get")), "no apt-get here");
        var lists = folder.resolve("lists");
        Files.createDirectories(lists.resolve("partial"));
        var update = Step.Command.of("apt-get", "-o", "Dir::State::Lists=" + lists, "--quiet", "update");
        machine.lockPatience(4);

        try (var holder = new Holder(lists.resolve("lock"), 60)) {
            var busy = machine.apply(OwnEtc.program(List.of(update)));

            assertThat(busy.exitCode()).isEqualTo(1);
            assertThat(busy.out()).contains("@@failed 001");
            var said = String.join("\n", busy.out());
            assertThat(said).contains("is held by process " + holder.pid());
            assertThat(Application.hint(Problem.of("Busy."), said).fixes())
                    .first()
                    .asString()
                    .startsWith("wait for the other package manager");
            assertThat(machine.state()).isEqualTo("failed 001");
        }
        // The same step again, of a lock that goes while it is waited for.
        try (var holder = new Holder(lists.resolve("lock"), 2)) {
            assertThat(holder.pid()).isPositive();
            assertThat(machine.finish().out()).contains("@@applied " + OwnEtc.RUN);
        }
        assertThat(machine.state()).isEqualTo("done");
    }

    /** A stand-in for dnf5, which refuses at once, in the words that it said on a Fedora 43. */
    @Test
    void aDnfThatDoesNotWaitIsRunAgain() throws Exception {
        machine.lockPatience(4);
        var tries = folder.resolve("tries");
        var dnf = machine.programs().resolve("dnf");
        var words = folder.resolve("words");
        Files.writeString(words, FedoraRecording.text("dnf5-lock-fedora43.txt"));
        var busy = "#!/bin/sh\necho try >>'%1$s'\n[ $(grep -c '' '%1$s') -gt %2$d ] || { cat '%3$s'; exit 1; }\n";
        var step = OwnEtc.program(List.of(Step.Command.of("dnf", "--assumeyes", "install", "perftest")));

        executable(dnf, busy.formatted(tries, 1000, words));
        var refused = machine.apply(step);

        assertThat(refused.out()).contains("@@failed 001");
        var said = String.join("\n", refused.out());
        assertThat(said).contains("Another transaction is in progress");
        assertThat(Application.hint(Problem.of("Busy."), said).fixes())
                .first()
                .asString()
                .startsWith("wait for the other package manager");
        assertThat(Files.readAllLines(tries)).hasSizeGreaterThan(1);

        executable(dnf, busy.formatted(tries, Files.readAllLines(tries).size() + 1, words));
        assertThat(machine.finish().out()).contains("@@applied " + OwnEtc.RUN);

        executable(
                dnf, "#!/bin/sh\necho try >>'%s'\necho 'No match for argument: perftest'\nexit 1\n".formatted(tries));
        int before = Files.readAllLines(tries).size();
        assertThat(machine.apply("another", step).out()).contains("@@failed 001");
        assertThat(Files.readAllLines(tries))
                .as("what is no lock is not tried again")
                .hasSize(before + 1);
    }

    private static void executable(Path file, String text) throws Exception {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Holds a file as apt does, by fcntl, for so many seconds. */
    private static final class Holder implements AutoCloseable {
        private final Process process;

        Holder(Path file, int seconds) throws Exception {
            process = new ProcessBuilder("python3", "-c", """
                            import fcntl, sys, time
                            file = open(sys.argv[1], "w")
                            fcntl.lockf(file, fcntl.LOCK_EX)
                            print("held", flush=True)
                            time.sleep(float(sys.argv[2]))
                            """, file.toString(), String.valueOf(seconds))
                    .redirectErrorStream(true)
                    .start();
            assertThat(process.inputReader().readLine()).isEqualTo("held");
        }

        long pid() {
            return process.pid();
        }

        @Override
        public void close() throws Exception {
            process.destroyForcibly().waitFor();
        }
    }
}
