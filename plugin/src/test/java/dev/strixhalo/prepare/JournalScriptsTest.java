package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The scripts that change a node, as root, on a copy of /etc that a mount namespace of its own holds. */
@Timeout(120)
class JournalScriptsTest {
    private static final String RUN = OwnEtc.RUN;
    private static final String LIMITS = "/etc/security/limits.d/90-strixhalo.conf";
    private static final String DROP_IN = "/etc/systemd/system/user@.service.d/sub/90-strixhalo.conf";

    @TempDir
    Path folder;

    private OwnEtc machine;
    private Path journal;

    @BeforeEach
    void start() throws Exception {
        machine = OwnEtc.in(folder);
        journal = machine.journal();
    }

    @AfterEach
    void gone() throws Exception {
        if (machine != null) machine.close();
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

            assertThat(machine.finish().out()).contains("@@applied " + RUN);

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
        var first = new ProcessBuilder(machine.argv(
                        "apply", journal.toString(), RUN, machine.write(program(Step.Command.of("sleep", "20")))))
                .redirectErrorStream(true)
                .start();
        try {
            var reader = first.inputReader();
            assertThat(reader.readLine()).startsWith("@@begun 001");

            var second = machine.apply("20261126T160000Z", program());

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
        var process = new ProcessBuilder(machine.argv(
                        "apply", journal.toString(), RUN, machine.write(program(steps.toArray(Step[]::new)))))
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
        return OwnEtc.program(steps.length == 0 ? steps() : List.of(steps));
    }

    private Program.Result apply(String program) throws Exception {
        return machine.apply(program);
    }

    private Program.Result undo(String force, String mode) throws Exception {
        return machine.undo(force, mode);
    }

    private String state() throws Exception {
        return machine.state();
    }

    private Program.Result in(String shell) throws StrixhaloException {
        return machine.in(shell);
    }

    /** Every file, folder and link of /etc: mode, owner, content. */
    private List<String> etc() throws Exception {
        return in("cd /etc && find . -printf '%p %m %U:%G %l\\n' -type f -exec sha256sum {} \\; | sort")
                .out();
    }
}
