package dev.strixhalo.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import dev.strixhalo.cluster.NodeDescription;
import dev.strixhalo.remote.Nodes;
import dev.strixhalo.remote.RemoteSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The real lock, by the real script, on this machine as a node with a home of its own. */
@Timeout(120)
class NodeLockTest {
    @TempDir
    Path home;

    private Nodes nodes() throws StrixhaloException {
        var cluster = Cluster.of(
                "strix", "tcp", List.of(new NodeDescription("node1", "local", null, "192.168.100.1/30", null)));
        var environment = Map.of("PATH", System.getenv("PATH"), "HOME", home.toString());
        return Nodes.connect(cluster, RemoteSettings.of(home, System.getProperty("user.name"), environment));
    }

    private Path folder() {
        return home.resolve(".local/state/strixhalo/strix");
    }

    @Test
    void keepsTheSecondOneOutAndTellsHimWhoIsThere() throws Exception {
        try (var first = nodes();
                var second = nodes()) {
            var lock = NodeLock.take(first, "deploy by lara@one since noon");

            var failure = catchThrowableOfType(
                    StrixhaloException.class, () -> NodeLock.take(second, "remove by otto@two since one"));

            assertThat(failure).hasMessage("node1: someone else is changing this cluster.");
            assertThat(failure.problems().get(0).found()).containsExactly("deploy by lara@one since noon");

            lock.close();
            assertThat(folder().resolve("lock.who")).doesNotExist();
            // Given back: the next one gets it, and says who it is now.
            try (var next = NodeLock.take(second, "remove by otto@two since one")) {
                assertThat(next).isNotNull();
                assertThat(folder().resolve("lock.who")).hasContent("remove by otto@two since one\n");
            }
        }
    }

    @Test
    void endsWithTheSessionThatHoldsIt() throws Exception {
        var dying = nodes();
        var lock = NodeLock.take(dying, "deploy by lara@one");
        assertThat(lock).isNotNull();
        // The session breaks; nobody gives anything back.
        dying.close();

        try (var next = nodes()) {
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (true) {
                try (var taken = NodeLock.take(next, "deploy by otto@two")) {
                    assertThat(taken).isNotNull();
                    return;
                } catch (StrixhaloException e) {
                    assertThat(System.nanoTime()).as(e.getMessage()).isLessThan(deadline);
                }
            }
        }
    }

    @Test
    void saysWhatKeepsItFromBeingTaken() throws Exception {
        Files.createDirectories(folder().getParent());
        Files.writeString(folder(), "a file where the folder should be");
        try (var nodes = nodes()) {
            var failure = catchThrowableOfType(StrixhaloException.class, () -> NodeLock.take(nodes, "deploy"));

            assertThat(failure).hasMessage("node1: the cluster's lock could not be taken.");
            assertThat(failure.problems().get(0).found()).anyMatch(line -> line.contains("strix"));
        }
    }
}
