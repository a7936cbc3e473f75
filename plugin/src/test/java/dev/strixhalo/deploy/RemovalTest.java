package dev.strixhalo.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What remove asks of nodes and says of them; the script itself runs on the bed. */
class RemovalTest {
    @TempDir
    Path temp;

    private StandInCluster cluster;

    @BeforeEach
    void make() throws Exception {
        cluster = new StandInCluster(temp, false);
    }

    @AfterEach
    void close() throws Exception {
        cluster.close();
    }

    @Test
    void tellsOfEveryNodeWhatIsGoneAndWhatStaysAndWhy() throws Exception {
        cluster.one.removed = List.of("@@removed container strix-1", "@@kept base abc: image is in use", "noise");
        cluster.two.removed = List.of("@@removed container strix-1", "@@removed folder /home/strix/x");

        cluster.remove(true, List.of("abc"));

        assertThat(cluster.screen)
                .contains(
                        "node1 container strix-1 removed",
                        "node1 base abc: image is in use",
                        "node2 folder /home/strix/x removed",
                        "remove done");
        assertThat(cluster.one.last("removing").argv()).endsWith("strix", "60", "yes", "no", "abc");
    }

    @Test
    void aSecondRunFindsNothingButTheFolderOfItsOwnLock() throws Exception {
        cluster.one.removed = List.of("@@removed folder /home/strix/x");
        cluster.two.removed = List.of("@@removed folder /home/strix/x");

        cluster.remove(false, List.of());

        assertThat(cluster.screen).containsExactly("remove nothing of strix is on the nodes");
    }

    @Test
    void holdsTheLockOfAllNodesBeforeItRemovesAnythingAndSaysWhoFailed() {
        cluster.two.failing.put("removing", "Error: container is paused");

        var failure = catchThrowableOfType(StrixhaloException.class, () -> cluster.remove(false, List.of()));

        assertThat(failure.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.node()).isEqualTo("node2");
            assertThat(problem.found()).contains("Error: container is paused");
        });
        assertThat(cluster.journal.subList(0, 2))
                .containsExactly("node1: holding the cluster's lock", "node2: holding the cluster's lock");
    }
}
