package dev.strixhalo.image;

import static dev.strixhalo.image.NodeScript.eventually;
import static dev.strixhalo.image.NodeScript.launch;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.strixhalo.base.Program;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the supervisor promises of ends, wanted or not: nothing stays behind, and nothing else is touched. */
class NodeEndingTest {
    private static final String ID = "20261123-120000-abcd";

    /** Tells the sleepers of these tests from those of another run on this machine. */
    private static final String MARK = "." + ProcessHandle.current().pid();

    @TempDir
    Path folder;

    private NodeScript node;

    @BeforeEach
    void supervise() throws Exception {
        node = new NodeScript(folder);
    }

    @AfterEach
    void end() {
        node.close();
    }

    @Test
    void stopEndsAWholeFamilyThatWillNotGo() throws Exception {
        // A child that ignores SIGTERM, and a daemon that has left its parent and its session.
        node.ask(
                "start",
                launch(ID, "trap '' TERM; (setsid sleep 611%1$s &); sleep 612%1$s & sleep 613%1$s".formatted(MARK))
                        .toString());
        eventually("the family is there", () -> sleepers().size() == 3);

        var stopped = node.ask("stop", "");

        assertThat(stopped.exit()).isZero();
        assertThat(stopped.json().path("killed").size()).isGreaterThanOrEqualTo(3);
        assertThat(sleepers()).isEmpty();
        assertThat(node.status().path("launch").isNull()).isTrue();
    }

    @Test
    void stopTwiceIsStopOnce() {
        assertThat(node.ask("stop", "").exit()).isZero();
        assertThat(node.ask("stop", "").exit()).isZero();
    }

    @Test
    void sharedMemoryOfAKilledPartGoesAndThatOfOthersStays() throws Exception {
        var ours = Path.of(
                "/dev/shm/strixhalo-test-ours-" + ProcessHandle.current().pid());
        var theirs = Files.writeString(
                Path.of("/dev/shm/strixhalo-test-theirs-"
                        + ProcessHandle.current().pid()),
                "x");
        try {
            node.ask("start", launch(ID, mapping(ours)).toString());
            eventually("it has mapped its segment", () -> node.said().contains("mapped"));

            assertThat(node.ask("stop", "").exit()).isZero();

            assertThat(ours).doesNotExist();
            assertThat(theirs).exists();
        } finally {
            Files.deleteIfExists(ours);
            Files.deleteIfExists(theirs);
        }
    }

    @Test
    void aSemaphoreOfAKilledPartGoesThoughItWasMadeUnderAnotherName() throws Exception {
        var name = "strixhalo-test-semaphore-" + ProcessHandle.current().pid();
        var file = Path.of("/dev/shm/sem." + name);
        try {
            node.ask("start", launch(ID, semaphore(name)).toString());
            eventually("it has made its semaphore", () -> node.said().contains("made"));
            assertThat(file).exists();

            assertThat(node.ask("stop", "").exit()).isZero();

            assertThat(file).doesNotExist();
        } finally {
            Files.deleteIfExists(file);
        }
    }

    @Test
    void aNewSupervisorCleansUpAfterOneThatWasKilled() throws Exception {
        var ours = Path.of(
                "/dev/shm/strixhalo-test-left-" + ProcessHandle.current().pid());
        try {
            node.ask("start", launch(ID, mapping(ours)).toString());
            eventually("the segment is recorded", () -> leftovers().contains(ours.toString()));
            var part = node.part().path("pid").asLong();

            node.supervisor().destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            // In a container the kernel ends all processes with the main one.
            Program.endTree(ProcessHandle.of(part).orElseThrow());
            node.supervise();

            assertThat(ours).doesNotExist();
            assertThat(node.status().path("launch").isNull()).isTrue();
        } finally {
            Files.deleteIfExists(ours);
        }
    }

    @Test
    void aSegmentWhoseOwnerLivesForASecondOnlyGoesWithTheLaunch() throws Exception {
        var ours = Path.of(
                "/dev/shm/strixhalo-test-brief-" + ProcessHandle.current().pid());
        try {
            // Killed, so that it cannot tidy up itself; looks that read every process's maps are ten seconds apart.
            node.ask(
                    "start",
                    launch(ID, "(%s) & sleep 1; kill -9 $!; echo killed; sleep 60".formatted(mapping(ours)))
                            .toString());
            eventually("its owner is dead", () -> node.said().contains("killed"));
            assertThat(ours).exists();

            assertThat(node.ask("stop", "").exit()).isZero();

            assertThat(ours).doesNotExist();
        } finally {
            Files.deleteIfExists(ours);
        }
    }

    @Test
    void theSupervisorEndsItsLaunchWhenItIsToldToEnd() throws Exception {
        node.ask("start", launch(ID, "sleep 614" + MARK).toString());

        node.supervisor().destroy();

        assertThat(node.supervisor().waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(node.supervisor().exitValue()).isZero();
        assertThat(sleepers()).isEmpty();
        assertThat(node.run().resolve("supervisor.sock")).doesNotExist();
    }

    @Test
    void halfALaunchThatNobodyWaitsForEndsByItself() throws Exception {
        node.ask("start", launch(ID, "sleep 614" + MARK).put("lease", 1).toString());

        eventually("it is gone", () -> node.status().path("launch").isNull());

        assertThat(sleepers()).isEmpty();
    }

    @Test
    void whoLooksAtTheNodeAloneIsToldWhatIsLaunched() throws Exception {
        var told = node.run().resolve("launch.json");
        node.ask("start", launch(ID, "sleep 614").toString());
        assertThat(told).content().contains(ID, "\"ready\": null");

        node.ask("ready", "{\"about\":{\"model\":\"m\"}}");
        assertThat(told).content().contains("\"model\": \"m\"").doesNotContain("\"ready\": null");

        node.ask("stop", "");
        assertThat(told).doesNotExist();
    }

    @Test
    void halfALaunchWhoseFollowerIsGoneDoesNotUseUpItsLease() throws Exception {
        node.ask("start", launch(ID, "sleep 614").put("lease", 600).toString());

        // podman exec would go on with what has lost its caller.
        assertThat(node.leaving(3, "follow")).isEqualTo(1);

        eventually("it is gone", () -> node.status().path("launch").isNull());
        assertThat(sleepers()).isEmpty();
    }

    @Test
    void aLaunchThatWasReadyNeedsNobodyToWaitForIt() throws Exception {
        node.ask("start", launch(ID, "sleep 614" + MARK).put("lease", 2).toString());
        node.ask("ready", "{\"about\":{}}");

        Thread.sleep(4000);

        assertThat(node.status().path("launch").asText()).isEqualTo(ID);
    }

    @Test
    void whoNamesAnotherLaunchEndsNothing() {
        node.ask("start", launch(ID, "sleep 614" + MARK).toString());

        assertThat(node.ask("stop", "", "--launch", "20261123-120009-abcd").exit())
                .isZero();
        assertThat(node.status().path("launch").asText()).isEqualTo(ID);

        assertThat(node.ask("stop", "", "--launch", ID).exit()).isZero();
        assertThat(node.status().path("launch").isNull()).isTrue();
    }

    @Test
    void oneLaunchCanBeEndedPartByPart() {
        node.ask("start", launch(ID, "sleep 614" + MARK).toString());

        assertThat(node.ask("stop", "", "--part", "part").exit()).isZero();

        assertThat(sleepers()).isEmpty();
        assertThat(node.part().path("state").asText()).isEqualTo("exited");
        assertThat(node.status().path("launch").asText()).isEqualTo(ID);
    }

    @Test
    void whatAPartStartsWithItsLastBreathEndsWithIt() {
        var shell = "trap 'sleep 611%s & exit' TERM; while :; do sleep 0.05; done".formatted(MARK);
        var launch = launch(ID, shell);
        // The part's voice is waited for by two seconds of it, since who is left holds the pipe.
        ((ObjectNode) launch.path("parts").path(0)).put("grace", 15);
        node.ask("start", launch.toString());

        var stopped = node.ask("stop", "", "--part", "part");

        assertThat(stopped.exit()).isZero();
        // It was asked to end, though whoever would have passed that on was gone.
        assertThat(stopped.json().path("killed")).isEmpty();
        assertThat(sleepers()).isEmpty();
    }

    @Test
    void whatADaemonStartsAfterItsParentLeftEndsWithThePart() throws Exception {
        var shell = "(setsid sh -c 'sleep 0.6; sleep 611%1$s; :' &); sleep 612%1$s".formatted(MARK);
        node.ask("start", launch(ID, shell).toString());
        eventually("the daemon's child is there", () -> sleepers().size() == 2);

        assertThat(node.ask("stop", "", "--part", "part").exit()).isZero();

        assertThat(sleepers()).isEmpty();
    }

    @Test
    void orphansAreReaped() throws Exception {
        node.ask(
                "start",
                launch(ID, "for i in 1 2 3 4 5; do (sh -c 'sleep 0.2; exit 1' &) ; done; sleep 60")
                        .toString());

        eventually(
                "they have come and gone",
                () -> zombies() == 0 && node.part().path("processes").asInt() == 2);
    }

    @Test
    void withoutSupervisorEveryVerbSaysSo() throws Exception {
        node.supervisor().destroy();
        node.supervisor().waitFor(20, TimeUnit.SECONDS);

        assertThat(node.ask("status", "").exit()).isEqualTo(3);
        assertThat(node.ask("status", "").json().path("code").asText()).isEqualTo("no-supervisor");
    }

    /** A Python program that makes a segment, maps it, and waits. */
    private static String mapping(Path segment) {
        return "exec python3 -c 'import mmap,time; f=open(\"%s\",\"w+b\"); f.truncate(4096); m=mmap.mmap(f.fileno(),4096); print(\"mapped\",flush=True); time.sleep(60)'"
                .formatted(segment);
    }

    /** A Python program that makes a named semaphore by glibc, as Python's own multiprocessing does, and waits. */
    private static String semaphore(String name) {
        return "exec python3 -c 'import ctypes,os,time; assert ctypes.CDLL(None).sem_open(b\"/%s\",os.O_CREAT,0o600,1); print(\"made\",flush=True); time.sleep(60)'"
                .formatted(name);
    }

    private String leftovers() {
        try {
            return Files.readString(node.run().resolve("leftovers.json"));
        } catch (java.io.IOException e) {
            return "";
        }
    }

    /** Processes of these tests that sleep for 611 to 614 seconds. */
    private static List<Long> sleepers() {
        return ProcessHandle.allProcesses()
                .filter(p -> p.info().commandLine().orElse("").matches("\\S*sleep 61[1-4]\\" + MARK))
                .map(ProcessHandle::pid)
                .toList();
    }

    private long zombies() {
        return node.supervisor()
                .descendants()
                .filter(p -> state(p.pid()).equals("Z"))
                .count();
    }

    private static String state(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[0];
        } catch (java.io.IOException e) {
            return "gone";
        }
    }
}
