package dev.strixhalo.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In which order a deploy does what, and what it leaves behind when something fails; over stand-ins for the nodes. */
@Timeout(60)
class DeploymentTest {
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
    void bringsTheImageAndStartsItsContainerOnEveryNode() throws Exception {
        var record = cluster.deploy();

        for (var node : List.of(cluster.one, cluster.two)) {
            assertThat(node.running()).containsExactly(cluster.container());
            assertThat(node.images).containsKey(cluster.built.imageId().value());
            assertThat(node.files).containsKeys("deploy.json", "gate.json");
            assertThat(node.changes())
                    .containsSubsequence(
                            "making the folders of the volumes",
                            "pulling from where the image comes from",
                            "pulling through this machine",
                            "writing the record",
                            "making the container",
                            "starting the container",
                            "writing the record",
                            "tidying up");
        }
        assertThat(record.nodes())
                .extracting(DeployRecord.Deployed::container)
                .containsExactly(cluster.container(), cluster.container());
        assertThat(cluster.screen)
                .anyMatch(line -> line.startsWith("switch node1: container " + cluster.container()))
                .anyMatch(line -> line.startsWith("strix deployed to 2 nodes"));
    }

    @Test
    void asksNothingOfNodesThatRunItAlreadyButALook() throws Exception {
        cluster.deploy();
        cluster.journal.clear();

        cluster.deploy();

        assertThat(cluster.journal)
                .containsExactlyInAnyOrder("node1: the look at the node", "node2: the look at the node");
        assertThat(cluster.screen).anyMatch(line -> line.contains("nothing to do") && line.contains("0 bytes"));
    }

    @Test
    void looksAgainOnceItHoldsTheLockOnAllNodes() throws Exception {
        cluster.deploy();

        var order = cluster.journal;
        int locked = order.lastIndexOf("node2: holding the cluster's lock");
        assertThat(order.subList(0, locked)).contains("node1: holding the cluster's lock");
        assertThat(order.subList(0, locked)).noneMatch(what -> what.contains("making") || what.contains("pulling"));
        assertThat(order.subList(locked, order.size()))
                .contains("node1: the look at the node", "node2: the look at the node");
    }

    @Test
    void changesNothingWhenOneNodeIsNotFitAndTellsTheProblemsOfAll() {
        cluster.two.denied = "/dev/kfd";

        var failure = failure();

        assertThat(failure.problems()).extracting(Problem::node).containsExactly("node2");
        assertThat(failure.state()).isEqualTo("nothing was changed on node1 or node2.");
        assertThat(cluster.one.changes()).isEmpty();
        assertThat(cluster.two.changes()).isEmpty();
        assertThat(cluster.journal).noneMatch(what -> what.contains("lock"));
    }

    @Test
    void switchesNoNodeWhenOneDoesNotPassTheGate() {
        cluster.runsAnOlderImage();
        cluster.two.gate =
                "{\"ok\":false,\"errors\":[{\"what\":\"the image cannot import vllm there.\",\"found\":\"x\",\"fix\":\"y\"}],\"versions\":{}}";

        var failure = failure();

        assertThat(failure).hasMessage("node2: the image cannot import vllm there.");
        assertThat(failure.state()).startsWith("nothing was switched on node1 or node2");
        for (var node : List.of(cluster.one, cluster.two)) {
            assertThat(node.running()).containsExactly("strix-a0b1c2d");
            assertThat(node.asked).doesNotContain("making the container", "starting the container");
        }
    }

    @Test
    void makesTheContainersOfAllNodesBeforeItStopsOneAnywhere() throws Exception {
        cluster.runsAnOlderImage();

        cluster.deploy();

        var order = cluster.journal;
        int lastMade =
                Math.max(order.indexOf("node1: making the container"), order.indexOf("node2: making the container"));
        assertThat(order.subList(0, lastMade)).noneMatch(what -> what.contains("starting the container"));
    }

    @Test
    void takesEveryNodeBackWhenOneCannotMakeItsContainer() {
        cluster.runsAnOlderImage();
        cluster.two.failing.put("making the container", "Error: no space left on device");

        assertTakenBack(failure());
        assertThat(cluster.one.asked).doesNotContain("starting the container");
    }

    @Test
    void takesEveryNodeBackWhenOneCannotStart() {
        cluster.runsAnOlderImage();
        cluster.two.failing.put("starting the container", "the container's main process ended at once (exited):");

        assertTakenBack(failure());
    }

    @Test
    void takesEveryNodeBackWhenOneRunsSomethingElseThanWasAskedFor() {
        cluster.runsAnOlderImage();
        cluster.one.inspectedImage = StandInCluster.OLD;

        var failure = failure();

        assertThat(failure.problems().get(0).found()).anyMatch(line -> line.startsWith("image ID: wanted"));
        assertTakenBack(failure);
    }

    private void assertTakenBack(StrixhaloException failure) {
        assertThat(failure.state()).isEqualTo("every node runs what it ran before.");
        for (var node : List.of(cluster.one, cluster.two)) {
            assertThat(node.running()).containsExactly("strix-a0b1c2d");
            assertThat(node.containers).doesNotContainKey(cluster.container());
            assertThat(node.files).doesNotContainKey("deploy.json");
        }
    }

    @Test
    void saysWhichNodeCouldNotBeTakenBack() {
        cluster.runsAnOlderImage();
        cluster.two.failing.put("starting the container", "ended at once");
        cluster.two.failing.put("taking the switch back", "podman is gone");

        var failure = failure();

        assertThat(failure.state()).startsWith("node2 could not be taken back").contains("run the goal again");
        assertThat(cluster.one.running()).containsExactly("strix-a0b1c2d");
    }

    @Test
    void keepsTheOldContainerForGoingBackAndNoOlderOne() throws Exception {
        cluster.runsAnOlderImage();
        cluster.one.containers.put("strix-0000000", new StandInNode.Container("strix-0000000", "x", List.of()));

        var record = cluster.deploy();

        assertThat(cluster.one.containers).containsOnlyKeys("strix-a0b1c2d", cluster.container());
        assertThat(record.nodes())
                .extracting(DeployRecord.Deployed::previous)
                .containsExactly("strix-a0b1c2d", "strix-a0b1c2d");
    }

    @Test
    void asksTheGateOnceAndAgainOnlyWhenSomethingChanged() throws Exception {
        cluster.deploy();
        cluster.one.containers.clear();
        cluster.one.asked.clear();

        cluster.deploy();

        assertThat(cluster.one.asked).noneMatch(what -> what.startsWith("podman run"));
        assertThat(cluster.screen).anyMatch(line -> line.contains("passed before, nothing changed since"));
    }

    @Test
    void aDryRunTellsEveryCommandAndDoesNone() throws Exception {
        cluster.runsAnOlderImage();

        cluster.dryRun();

        assertThat(cluster.journal)
                .containsExactlyInAnyOrder("node1: the look at the node", "node2: the look at the node");
        assertThat(cluster.screen)
                .anyMatch(line -> line.startsWith("node2 podman create --name=" + cluster.container()))
                .contains("node2 podman stop strix-a0b1c2d", "node2 podman start " + cluster.container());
    }

    @Test
    void makesTheFoldersOfAllVolumesAndSaysWhichCannotBeMade() throws Exception {
        cluster.volumes = List.of("~/models:/models:ro", "/srv/prompts:/prompts");
        cluster.two.failing.put(
                "making the folders", "mkdir: cannot create directory '/srv/prompts': Permission denied");

        var failure = failure();

        assertThat(failure).hasMessage("node2: a folder of the volumes is not there and cannot be made.");
        assertThat(failure.problems().get(0).fixes()).anyMatch(fix -> fix.contains("<volumes>"));
        assertThat(cluster.one.last("making the folders of the volumes").argv())
                .contains("/home/strix/models", "/srv/prompts", "/home/strix/.cache/huggingface");
    }

    @Test
    void letsTheContainerOutliveTheLoginWhereSystemdWouldEndIt() throws Exception {
        cluster.two.linger = "no";

        cluster.deploy();

        assertThat(cluster.one.asked).noneMatch(what -> what.startsWith("loginctl"));
        assertThat(cluster.two.changes()).first().asString().startsWith("loginctl enable-linger");
    }

    @Test
    void saysWhatToDoWhereTheUserMayNotSwitchLingerOn() {
        cluster.two.linger = "no";
        cluster.two.failing.put("loginctl", "Could not enable linger: Access denied");

        var failure = failure();

        assertThat(failure.problems().get(0).found()).containsExactly("Could not enable linger: Access denied");
        assertThat(failure.problems().get(0).fixes()).containsExactly("sudo loginctl enable-linger strix");
        assertThat(cluster.one.running()).isEmpty();
    }

    @Test
    void nodesGetTheLoginForTheBaseOnStandardInputOnly() throws Exception {
        cluster.baseLogin = () -> Optional.of(StandInCluster.login("registry.example"));

        cluster.deploy();

        var pull = cluster.one.last("pulling from where the image comes from");
        assertThat(new String(pull.stdin(), StandardCharsets.UTF_8))
                .isEqualTo(StandInCluster.login("registry.example").reveal() + "\n");
        assertThat(pull.argv()).noneMatch(word -> word.contains("bGFyYTpDQU5BUlk="));
        assertThat(pull.environment()).isEmpty();
        assertThat(cluster.screen).noneMatch(line -> line.contains("bGFyYTpDQU5BUlk="));
    }

    @Test
    void nodesPullTheWholeImageFromTheUsersRegistryWhereThereIsOne() throws Exception {
        var reference = "mine.example/tiny@" + cluster.built.digest();
        cluster.published = new PullSource(reference, () -> Optional.of(StandInCluster.login("mine.example")));

        cluster.deploy();

        assertThat(cluster.one.asked)
                .containsOnlyOnce("pulling from where the image comes from")
                .doesNotContain("pulling through this machine");
        var pull = cluster.one.last("pulling from where the image comes from");
        assertThat(pull.argv()).contains(reference, cluster.built.imageId().value());
        assertThat(new String(pull.stdin(), StandardCharsets.UTF_8)).contains("mine.example");
        assertThat(cluster.screen)
                .anyMatch(line -> line.contains("base") && line.contains("comes with the image"))
                .anyMatch(line -> line.contains("pulled from your registry"));
    }

    @Test
    void saysWhereALoginComesFromWhenTheRegistryRefusesANode() {
        cluster.published = new PullSource("mine.example/tiny@" + cluster.built.digest(), Optional::empty);
        cluster.two.failing.put(
                "pulling from where",
                "Error: initializing source docker://mine.example/tiny: reading manifest: unauthorized: authentication required");

        var failure = failure();

        assertThat(failure.getMessage()).startsWith("node2: mine.example lets nobody pull mine.example/tiny@sha256:");
        assertThat(failure.problems().get(0).fixes())
                .anyMatch(fix -> fix.contains("podman login mine.example"))
                .anyMatch(fix -> fix.contains("<registryServer>"));
    }

    private StrixhaloException failure() {
        return catchThrowableOfType(StrixhaloException.class, cluster::deploy);
    }
}
