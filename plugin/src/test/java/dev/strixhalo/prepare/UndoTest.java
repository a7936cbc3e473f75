package dev.strixhalo.prepare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.FabricAddress;
import dev.strixhalo.cluster.Node;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which run is to be taken back. */
class UndoTest {
    private static final Node NODE = new Node("node1", "local", null, FabricAddress.LOOPBACK, null);

    @Test
    void aNameThatNobodyKnowsIsToldWithThoseThatAreKnown() {
        var states = Map.of(
                NODE,
                StateSamples.debian()
                        .with("schema", Journal.SCHEMA)
                        .with("runs", "20261127T010000Z done")
                        .state());

        assertThatCode(() -> Undo.demandKnown(states, "20261127T010000Z")).doesNotThrowAnyException();
        assertThatThrownBy(() -> Undo.demandKnown(states, "other"))
                .isInstanceOfSatisfying(StrixhaloException.class, failure -> {
                    assertThat(failure).hasMessage("No node knows a run 'other' of prepare.");
                    assertThat(failure.problems().get(0).found()).containsExactly("runs: 20261127T010000Z (done)");
                });
    }

    @Test
    void whereThereIsNoRunNoneIsOffered() {
        var states = Map.of(NODE, StateSamples.debian().with("runs", "").state());

        assertThatThrownBy(() -> Undo.demandKnown(states, "other"))
                .isInstanceOfSatisfying(StrixhaloException.class, failure -> {
                    assertThat(failure).hasMessageStartingWith("There is nothing to take back");
                    assertThat(failure.problems().get(0).fixes())
                            .first()
                            .asString()
                            .contains("-Dstrixhalo.dryRun");
                });
    }
}
