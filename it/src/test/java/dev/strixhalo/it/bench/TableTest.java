package dev.strixhalo.it.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Race PULL = new Race("pull", "podman load", Unit.SECONDS, Aim.timesLess(20));
    private static final Race LAUNCH = new Race("launch", "by hand", Unit.SECONDS, Aim.atMostTimes(1.1));
    private static final Race LAYERS = new Race("layers", Race.ALONE, Unit.BYTES, Aim.atMost(0));
    private static final Race FIRST = new Race("first", "podman load", Unit.SECONDS, Aim.none());

    private final Scores scores = new Scores();

    @Test
    void printsMediansRatiosAndWhetherAimsWereMet() {
        rounds(PULL, List.of(3.0, 1.0, 2.0), List.of(50.0, 999.0, 41.0));
        rounds(LAUNCH, List.of(60.0, 66.5, 70.0), List.of(60.0, 59.0, 61.0));
        rounds(LAYERS, List.of(0.0, 0.0, 0.0), List.of());
        rounds(FIRST, List.of(130.0, 130.0, 130.0), List.of(65.0, 65.0, 65.0));

        assertThat(Table.lines(scores.complete(3), scores))
                .containsExactly(
                        "| what   | ours   | rival       | rival's | ratio      | aim             |",
                        "|--------|--------|-------------|---------|------------|-----------------|",
                        "| pull   | 2.00 s | podman load | 50.0 s  | 25x less   | ≥ 20x less: met |",
                        "| launch | 1:06   | by hand     | 1:00    | 1.11x      | ≤ 1.10x: MISSED |",
                        "| layers | 0 B    |             |         |            | ≤ 0 B: met      |",
                        "| first  | 2:10   | podman load | 1:05    | 2.00x more |                 |");
    }

    @Test
    void medianIsTheFigureInTheMiddle() {
        assertThat(Scores.median(List.of(7.0))).isEqualTo(7);
        assertThat(Scores.median(List.of(9.0, 1.0, 2.0))).isEqualTo(2);
        assertThat(Scores.median(List.of(4.0, 1.0, 2.0, 9.0))).isEqualTo(3);
        assertThatThrownBy(() -> Scores.median(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void leavesOutWhatWasNotMeasuredInEveryRoundOnBothSides() {
        rounds(PULL, List.of(1.0, 1.0), List.of(2.0));
        rounds(LAYERS, List.of(0.0, 0.0), List.of());

        assertThat(scores.complete(2)).containsExactly(LAYERS);
        assertThat(scores.complete(3)).isEmpty();
    }

    @Test
    void refusesFiguresThatAreNone() {
        assertThatThrownBy(() -> scores.ours(PULL, Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> scores.ours(PULL, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> scores.rival(LAYERS, 1)).hasMessageContaining("no rival");
    }

    @Test
    void nothingIsLessThanAnything() {
        assertThat(Aim.none().ratio(0, 5)).isEqualTo("all less");
        assertThat(Aim.timesLess(20).verdict(Unit.SECONDS, 0, 5)).endsWith("met");
    }

    private void rounds(Race race, List<Double> ours, List<Double> rivals) {
        ours.forEach(figure -> scores.ours(race, figure));
        rivals.forEach(figure -> scores.rival(race, figure));
    }
}
