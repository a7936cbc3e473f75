package dev.strixhalo.it.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The figures of all rounds so far. */
final class Scores {
    private final Map<Race, List<Double>> ours = new LinkedHashMap<>();
    private final Map<Race, List<Double>> rivals = new LinkedHashMap<>();

    /** Notes a figure of ours, and makes the race a row of the table. */
    void ours(Race race, double figure) {
        put(ours, race, figure);
    }

    /** Notes a figure of the rival. */
    void rival(Race race, double figure) {
        if (race.alone()) throw new IllegalArgumentException("'" + race.what() + "' has no rival");
        put(rivals, race, figure);
    }

    /** Races with as many figures on each side as there were rounds, in the order of their first figure. */
    List<Race> complete(int rounds) {
        return ours.keySet().stream()
                .filter(race -> figures(ours, race).size() == rounds)
                .filter(race -> race.alone() || figures(rivals, race).size() == rounds)
                .toList();
    }

    double ours(Race race) {
        return median(figures(ours, race));
    }

    /** The rival's median; none in a race without a rival. */
    Optional<Double> rival(Race race) {
        return race.alone() ? Optional.empty() : Optional.of(median(figures(rivals, race)));
    }

    /** The figure in the middle; of an even number of them the mean of the two there. */
    static double median(List<Double> figures) {
        if (figures.isEmpty()) throw new IllegalArgumentException("no figures have no median");
        var sorted = figures.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static void put(Map<Race, List<Double>> figures, Race race, double figure) {
        // A clock or counter that says this was not read.
        if (!(figure >= 0) || Double.isInfinite(figure))
            throw new IllegalArgumentException(race.what() + ": " + figure);
        figures.computeIfAbsent(race, key -> new ArrayList<>()).add(figure);
    }

    private static List<Double> figures(Map<Race, List<Double>> figures, Race race) {
        return figures.getOrDefault(race, List.of());
    }
}
