package dev.strixhalo.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.host.Podman;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NodePlanTest {
    private static final String IMAGE = "sha256:" + "5c1f9d2".repeat(9) + "a";
    private static final String OTHER = "sha256:" + "a0b1c2d".repeat(9) + "a";
    private static final Target TARGET =
            new Target("strix", IMAGE, "77aa".repeat(16), List.of("sha256:l1", "sha256:l2"));

    private final FactsOfANode node = new FactsOfANode();

    private NodePlan plan() {
        return NodePlan.of(FactsOfANode.node1(), node.facts(), TARGET, NodePlan.Base.NODE);
    }

    private static Podman.Container container(String name, String state, Map<String, String> labels) {
        return new Podman.Container("id-" + name, name, IMAGE, state, labels, 1);
    }

    private static Podman.Image image(String id, String... layers) {
        return new Podman.Image(id, List.of(), List.of(layers));
    }

    @Test
    void anEmptyNodeNeedsEverything() {
        var plan = plan();

        assertThat(plan.base()).isEqualTo(NodePlan.Base.NODE);
        assertThat(plan.image()).isTrue();
        assertThat(plan.container()).isEqualTo(NodePlan.Container.CREATE);
        assertThat(plan.name()).isEqualTo("strix-5c1f9d2");
        assertThat(plan.nothingToDo()).isFalse();
    }

    @Test
    void theBaseIsThereWhateverWayItCame() {
        node.images.add(image("sha256:another-name-same-layers", "sha256:l1", "sha256:l2"));

        assertThat(plan().base()).isEqualTo(NodePlan.Base.THERE);
        assertThat(plan().image()).isTrue();
    }

    @Test
    void anOlderImageOnTheSameBaseBringsTheBaseAlong() {
        node.images.add(image(OTHER, "sha256:l1", "sha256:l2", "sha256:ours"));

        assertThat(plan().base()).isEqualTo(NodePlan.Base.THERE);
    }

    @Test
    void anImageWithOnlySomeOfTheBasesLayersIsNotTheBase() {
        node.images.add(image(OTHER, "sha256:l1", "sha256:other"));

        assertThat(plan().base()).isEqualTo(NodePlan.Base.NODE);
    }

    @Test
    void nothingIsToDoWhereTheWantedContainerRuns() {
        node.images.add(image(IMAGE, "sha256:l1", "sha256:l2", "sha256:ours"));
        node.containers.add(container("strix-5c1f9d2", "running", TARGET.labels(FactsOfANode.node1())));

        assertThat(plan().nothingToDo()).isTrue();
        assertThat(plan().replaces()).isFalse();
    }

    @Test
    void aStoppedWantedContainerIsStarted() {
        node.images.add(image(IMAGE, "sha256:l1", "sha256:l2", "sha256:ours"));
        node.containers.add(container("strix-5c1f9d2", "exited", TARGET.labels(FactsOfANode.node1())));

        assertThat(plan().container()).isEqualTo(NodePlan.Container.START);
    }

    @Test
    void aContainerThatNeverRanIsALeftOverAndIsMadeAnew() {
        node.containers.add(container("strix-5c1f9d2", "created", TARGET.labels(FactsOfANode.node1())));

        assertThat(plan().container()).isEqualTo(NodePlan.Container.CREATE);
        assertThat(plan().name()).isEqualTo("strix-5c1f9d2");
    }

    @Test
    void otherSettingsOfTheSameImageGetANameOfTheirOwn() {
        var labels = new Target("strix", IMAGE, "0000".repeat(16), List.of()).labels(FactsOfANode.node1());
        node.containers.add(container("strix-5c1f9d2", "running", labels));

        assertThat(plan().name()).isEqualTo("strix-5c1f9d2-77aa");
        assertThat(plan().replaces()).isTrue();
    }

    @Test
    void aSwitchTellsWhatItEnds() {
        node.launch = Optional.of("""
                {"launch": "20261123-140203-abcd", "about": {"model": "/models/tiny", "by": "lara@buildhost"},
                 "begun": "2026-11-23T14:00:00.000Z", "ready": "2026-11-23T14:02:03.123Z"}""");
        node.containers.add(container("strix-a0b1c2d", "running", Map.of()));

        assertThat(plan().ends().orElseThrow())
                .hasToString("/models/tiny, ready since 2026-11-23 14:02:03 UTC, launched by lara@buildhost");
    }

    @Test
    void whatIsServedFromTheWantedContainerGoesOn() {
        node.launch = Optional.of("{}");
        node.containers.add(container("strix-5c1f9d2", "running", TARGET.labels(FactsOfANode.node1())));

        assertThat(plan().ends()).isEmpty();
    }
}
