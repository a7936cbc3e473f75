package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.doctor.Area;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scripts that change a node, as root, on a copy of /etc that a mount namespace of its own holds. */
@Timeout(120)
class JournalScriptsTest {
    private static final String RUN = "20261126T154000Z";
    private static final String LIMITS = "/etc/security/limits.d/90-strixhalo.conf";
    private static final String DROP_IN = "/etc/systemd/system/user@.service.d/sub/90-strixhalo.conf";

    @TempDir
    Path folder;

    private Process namespace;
    private Path journal;

    @BeforeEach
    void namespace() throws Exception {
        assumeTrue(
                Program.of("sh", "-c", "test $(id -u) = 0 && unshare -m true")
                        .run()
                        .succeeded(),
                "only root can make a mount namespace");
        journal = folder.resolve("var/journal");
        var etc = Files.createDirectories(folder.resolve("etc"));
        namespace = new ProcessBuilder(
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
    }

    @AfterEach
    void gone() throws Exception {
        if (namespace != null) namespace.destroyForcibly().waitFor();
    }

    @Test
    void anUndoLeavesEveryByteModeAndOwnerAsItWas() throws Exception {
        in("mkdir -p /etc/security/limits.d; printf 'old\\n' >" + LIMITS + "; chmod 640 " + LIMITS + "; chown 7:8 "
                + LIMITS);
        var before = etc();

        assertThat(apply(program()).out()).contains("@@applied " + RUN);
        assertThat(in("cat " + LIMITS).text()).isEqualTo("strix - memlock unlimited");
        assertThat(in("stat -c '%a %u:%g' " + LIMITS).text()).isEqualTo("644 7:8");
        assertThat(in("stat -c '%a' " + DROP_IN).text()).isEqualTo("600");
        assertThat(in("cat /etc/made-by-command").text()).isEqualTo("it's here");
        assertThat(in("tail -n 1 /etc/hostname").text()).isEqualTo("more");
        assertThat(state()).isEqualTo("done");
        assertThat(Files.readString(journal.resolve("schema"))).isEqualTo("1\n");
        assertThat(in("stat -c %a " + journal.resolve(RUN)).text()).isEqualTo("700");
        // The next look is a plain user's, and has to see which runs there are.
        assertThat(in("stat -c %a " + journal.getParent()).text()).isEqualTo("755");
        assertThat(in("stat -c %a " + journal + "/*.state").text()).isEqualTo("644");

        var plan = UndoPlanTest.entries(undo("no", "plan"));
        assertThat(plan).extracting(UndoPlan.Entry::verdict).containsOnly("undo");
        assertThat(plan).extracting(UndoPlan.Entry::number).isSortedAccordingTo((a, b) -> b.compareTo(a));
        assertThat(plan.get(plan.size() - 1).lines()).containsExactly("- strix - memlock unlimited", "+ old");
        assertThat(in("cat " + LIMITS).text()).isEqualTo("strix - memlock unlimited");

        assertThat(undo("no", "do").out()).contains("@@taken-back " + RUN);
        assertThat(etc()).isEqualTo(before);
        assertThat(state()).isEqualTo("undone");
        assertThat(UndoPlanTest.entries(undo("no", "do"))).isEmpty();
    }

    @Test
    void whatSomebodyHasChangedSinceStaysUnlessForced() throws Exception {
        var before = etc();
        apply(program());
        in("echo mine >>" + LIMITS);

        var kept = UndoPlanTest.entries(undo("no", "do"));

        assertThat(kept)
                .filteredOn(e -> e.verdict().equals("kept"))
                .extracting(UndoPlan.Entry::text)
                .containsExactly(LIMITS + " was changed since");
        assertThat(in("cat " + LIMITS).out()).contains("mine");
        assertThat(in("test -e " + DROP_IN).succeeded()).isFalse();
        assertThat(state()).isEqualTo("kept 001");

        undo("yes", "do");
        assertThat(etc()).isEqualTo(before);
        assertThat(state()).isEqualTo("undone");
    }

    @Test
    void aRunThatIsKilledAtAnyStepIsTakenBack() throws Exception {
        var before = etc();
        for (int step = 1; step <= 6; step++) {
            killedAt(step);
            assertThat(state()).isEqualTo("begun");

            undo("no", "do");

            assertThat(etc()).as("killed at step " + step).isEqualTo(before);
            assertThat(state()).isEqualTo("undone");
            Program.of("rm", "-rf", journal.toString()).run().orFail();
        }
    }

    @Test
    void aRunThatIsKilledAtAnyStepIsFinished() throws Exception {
        for (int step = 1; step <= 6; step++) {
            killedAt(step);

            assertThat(sh("apply", journal.toString(), RUN, "-").out()).contains("@@applied " + RUN);

            assertThat(in("cat " + LIMITS).text()).isEqualTo("strix - memlock unlimited");
            assertThat(in("cat /etc/made-by-command").text()).isEqualTo("it's here");
            assertThat(state()).isEqualTo("done");
            undo("no", "do");
            Program.of("rm", "-rf", journal.toString()).run().orFail();
        }
    }

    @Test
    void aStepThatFailsStopsThereAndSaysWhatItsProgramSaid() throws Exception {
        var bad = program(
                new Step.WriteFile(LIMITS, "644", "x\n", null, true),
                Step.Command.of("sh", "-c", "echo no such profile >&2; exit 4"),
                Step.Command.of("touch", "/etc/never"));

        var result = apply(bad);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).contains("@@said no such profile", "@@failed 002");
        assertThat(in("test -e /etc/never").succeeded()).isFalse();
        assertThat(state()).isEqualTo("failed 002");
    }

    @Test
    void aReadOnlyEtcIsToldInTheWordsOfTheTool() throws Exception {
        in("mount -o remount,bind,ro /etc");

        var result = apply(program());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(String.join("\n", result.out())).contains("Read-only file system", "@@failed 001");
    }

    /** Real apt-get, and a real lock of its lists that a process holds. */
    @Test
    void aPackageManagerThatIsBusyIsWaitedForAndThenNamed() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/apt-get")), "no apt-get here");
        var lists = folder.resolve("lists");
        Files.createDirectories(lists.resolve("partial"));
        var update = Step.Command.of("apt-get", "-o", "Dir::State::Lists=" + lists, "--quiet", "update");
        var script = Files.readString(folder.resolve("apply"));
        assertThat(script).contains("\nlock_patience=120\n");
        Files.writeString(folder.resolve("apply"), script.replace("\nlock_patience=120\n", "\nlock_patience=4\n"));

        try (var holder = new Holder(lists.resolve("lock"), 60)) {
            var busy = apply(program(update));

            assertThat(busy.exitCode()).isEqualTo(1);
            assertThat(busy.out()).contains("@@failed 001");
            var said = String.join("\n", busy.out());
            assertThat(said).contains("is held by process " + holder.pid());
            assertThat(Application.hint(Problem.of("Busy."), said).fixes())
                    .first()
                    .asString()
                    .startsWith("wait for the other package manager");
            assertThat(state()).isEqualTo("failed 001");
        }
        // The same step again, of a lock that goes while it is waited for.
        try (var holder = new Holder(lists.resolve("lock"), 2)) {
            assertThat(holder.pid()).isPositive();
            assertThat(sh("apply", journal.toString(), RUN, "-").out()).contains("@@applied " + RUN);
        }
        assertThat(state()).isEqualTo("done");
    }

    /** A stand-in for dnf5, which refuses at once, in the words of its 5.2 (github.com/rpm-software-management/dnf5/issues/2435). */
    @Test
    void aDnfThatDoesNotWaitIsRunAgain() throws Exception {
        var script = Files.readString(folder.resolve("apply"));
        Files.writeString(folder.resolve("apply"), script.replace("\nlock_patience=120\n", "\nlock_patience=4\n"));
        var tries = folder.resolve("tries");
        var programs = Files.createDirectories(folder.resolve("bin"));
        var dnf = programs.resolve("dnf");
        var busy =
                "#!/bin/sh\necho try >>'%s'\n[ $(grep -c '' '%s') -gt %d ] || { echo 'Transaction failed: Failed to obtain"
                        + " rpm transaction lock. Another transaction is in progress.'; exit 1; }\n";
        var step = program(Step.Command.of("dnf", "--assumeyes", "install", "perftest"));

        executable(dnf, busy.formatted(tries, tries, 1000));
        var refused = sh(programs, "apply", journal.toString(), RUN, write(step));

        assertThat(refused.out()).contains("@@failed 001");
        var said = String.join("\n", refused.out());
        assertThat(said).contains("Another transaction is in progress");
        assertThat(Application.hint(Problem.of("Busy."), said).fixes())
                .first()
                .asString()
                .startsWith("wait for the other package manager");
        assertThat(Files.readAllLines(tries)).hasSizeGreaterThan(1);

        executable(dnf, busy.formatted(tries, tries, Files.readAllLines(tries).size() + 1));
        assertThat(sh(programs, "apply", journal.toString(), RUN, "-").out()).contains("@@applied " + RUN);

        executable(
                dnf, "#!/bin/sh\necho try >>'%s'\necho 'No match for argument: perftest'\nexit 1\n".formatted(tries));
        int before = Files.readAllLines(tries).size();
        assertThat(sh(programs, "apply", journal.toString(), "another", write(step))
                        .out())
                .contains("@@failed 001");
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

    /** A tiny /boot, and a program that writes there as update-grub does: a new file first, which then takes the name. */
    @Test
    void aFullBootStopsTheRunWithItsWordsAndAnUndoGivesTheFileBack() throws Exception {
        var grub = "/etc/default/grub";
        in("mkdir -p /etc/default && printf 'GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n' >" + grub
                + "; mount -t tmpfs -o size=16k none /boot; echo old >/boot/grub.cfg");
        var before = etc();
        var write = Step.Command.of(
                "sh", "-c", "head -c 100000 /dev/zero >/boot/grub.cfg.new && mv /boot/grub.cfg.new /boot/grub.cfg");

        var full = apply(program(
                new Step.WriteFile(grub, "644", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet iommu=pt\"\n", null, false),
                write));

        assertThat(full.exitCode()).isEqualTo(1);
        assertThat(full.out()).contains("@@failed 002");
        var said = String.join("\n", full.out());
        assertThat(said).contains("No space left on device");
        assertThat(Application.hint(Problem.of("Full."), said).fixes())
                .containsExactly("make room: df -h / /boot /var");
        assertThat(in("cat /boot/grub.cfg").text()).isEqualTo("old");
        assertThat(in("cat " + grub).text()).isEqualTo("GRUB_CMDLINE_LINUX_DEFAULT=\"quiet iommu=pt\"");
        assertThat(state()).isEqualTo("failed 002");

        assertThat(undo("no", "do").out()).contains("@@taken-back " + RUN);
        assertThat(etc()).isEqualTo(before);
        assertThat(state()).isEqualTo("undone");
    }

    /** The file itself is on what is full: it is as it was, and no piece of the new one is left. */
    @Test
    void aFileThatCannotBeWrittenWholeIsNotWrittenAtAll() throws Exception {
        in("mkdir -p /etc/default && mount -t tmpfs -o size=16k none /etc/default && echo old >/etc/default/grub");

        var full = apply(program(new Step.WriteFile("/etc/default/grub", "644", "x".repeat(40_000), "old\n", false)));

        assertThat(String.join("\n", full.out())).contains("No space left on device", "@@failed 001");
        assertThat(in("cat /etc/default/grub").text()).isEqualTo("old");
        assertThat(in("ls /etc/default").out()).containsExactly("grub");
    }

    @Test
    void aJournalOfANewerSchemaIsLeftAlone() throws Exception {
        Files.createDirectories(journal);
        Files.writeString(journal.resolve("schema"), "2\n");

        var result = apply(program());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.text()).contains("is of schema 2");
        assertThat(in("test -e " + LIMITS).succeeded()).isFalse();
    }

    @Test
    void twoAtOnceDoNotMix() throws Exception {
        var first = new ProcessBuilder(
                        argv("apply", journal.toString(), RUN, write(program(Step.Command.of("sleep", "20")))))
                .redirectErrorStream(true)
                .start();
        try {
            var reader = first.inputReader();
            assertThat(reader.readLine()).startsWith("@@begun 001");

            var second = sh("apply", journal.toString(), "20261126T160000Z", write(program()));

            assertThat(second.text()).contains("another prepare is at work here");
            assertThat(in("test -e " + LIMITS).succeeded()).isFalse();
        } finally {
            Program.endTree(first.toHandle());
        }
    }

    /** Ends the script by KILL in the middle of a step: a program that does it to its own parent, after its work. */
    private void killedAt(int step) throws Exception {
        var steps = new ArrayList<>(steps());
        steps.add(
                step - 1,
                Step.Command.of(
                        "sh",
                        "-c",
                        "until [ -s \"$1\" ]; do sleep 0.1; done; kill -s KILL \"$(cat \"$1\")\"; sleep 5",
                        "sh",
                        folder.resolve("pid").toString()));
        // The number of an earlier process may be somebody else's by now.
        Files.deleteIfExists(folder.resolve("pid"));
        var process = new ProcessBuilder(
                        argv("apply", journal.toString(), RUN, write(program(steps.toArray(Step[]::new)))))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("killed").toFile())
                .start();
        // What nsenter started became the script itself; it is our child.
        Files.writeString(folder.resolve("pid"), String.valueOf(process.pid()));
        assertThat(process.waitFor()).isEqualTo(137);
        // The rest of the run is to find a program that does no more harm.
        var file = journal.resolve(RUN).resolve("program");
        var lines = new ArrayList<>(Files.readAllLines(file));
        lines.set(step - 1, Step.Command.of("true").line(step, "test"));
        Files.write(file, lines);
    }

    private static List<Step> steps() {
        return List.of(
                new Step.WriteFile(LIMITS, "644", "strix - memlock unlimited\n", null, true),
                Step.Command.onUndo("true"),
                new Step.WriteFile(DROP_IN, "600", "[Service]\n", null, true),
                Step.Command.of("sh", "-c", "echo \"it's here\" >/etc/made-by-command")
                        .undoneBy("rm", "-f", "/etc/made-by-command"),
                Step.Command.of("sh", "-c", "echo more >>/etc/hostname").keeping("/etc/hostname /etc/not-there"));
    }

    private static String program(Step... steps) {
        var all = steps.length == 0 ? steps() : List.of(steps);
        return Step.program(List.of(new Change("test", Area.OS, List.of(), "Because.", all, Set.of())));
    }

    private String write(String program) throws Exception {
        return Files.writeString(Files.createTempFile(folder, "program", ""), program)
                .toString();
    }

    private Program.Result apply(String program) throws Exception {
        return sh("apply", journal.toString(), RUN, write(program));
    }

    private Program.Result undo(String force, String mode) throws Exception {
        return sh("undo", journal.toString(), RUN, force, mode);
    }

    private String state() throws Exception {
        return Files.readString(journal.resolve(RUN + ".state")).strip();
    }

    private Program.Result in(String shell) throws StrixhaloException {
        return Program.of("nsenter", "-t", String.valueOf(namespace.pid()), "-m", "sh", "-c", shell)
                .run();
    }

    private List<String> argv(String script, String... parameters) {
        var argv = new ArrayList<>(List.of("nsenter", "-t", String.valueOf(namespace.pid()), "-m", "sh"));
        argv.add(folder.resolve(script).toString());
        argv.addAll(List.of(parameters));
        return argv;
    }

    private Program.Result sh(String script, String... parameters) throws StrixhaloException {
        return sh(folder, script, parameters);
    }

    /** With programs of a folder before those of the machine. */
    private Program.Result sh(Path programs, String script, String... parameters) throws StrixhaloException {
        var argv = new ArrayList<>(List.of("env", "PATH=" + programs + ":" + System.getenv("PATH")));
        argv.addAll(argv(script, parameters));
        return Program.of(argv).timeout(Duration.ofMinutes(1)).run();
    }

    /** Every file, folder and link of /etc: mode, owner, content. */
    private List<String> etc() throws Exception {
        return in("cd /etc && find . -printf '%p %m %U:%G %l\\n' -type f -exec sha256sum {} \\; | sort")
                .out();
    }
}
