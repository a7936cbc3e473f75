package dev.strixhalo.it.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Draws rows under each other, as Markdown, which reads well on a terminal, too. */
final class Table {
    private static final List<String> HEAD = List.of("what", "ours", "rival", "rival's", "ratio", "aim");

    private Table() {}

    /** The rows of these races, each with the medians of both sides. */
    static List<String> lines(List<Race> races, Scores scores) {
        var rows = new ArrayList<List<String>>();
        rows.add(HEAD);
        for (var race : races) {
            double ours = scores.ours(race);
            double rival = scores.rival(race).orElse(Double.NaN);
            rows.add(List.of(
                    race.what(),
                    race.unit().text(ours),
                    race.rival(),
                    race.alone() ? "" : race.unit().text(rival),
                    race.aim().ratio(ours, rival),
                    race.aim().verdict(race.unit(), ours, rival)));
        }
        var widths = new ArrayList<Integer>();
        for (int column = 0; column < HEAD.size(); column++) {
            int here = column;
            widths.add(
                    rows.stream().mapToInt(row -> row.get(here).length()).max().orElse(0));
        }
        var lines = new ArrayList<String>();
        for (var row : rows) {
            lines.add(line(row, widths, " "));
            if (lines.size() == 1) lines.add(line(HEAD.stream().map(word -> "").toList(), widths, "-"));
        }
        return lines;
    }

    private static String line(List<String> cells, List<Integer> widths, String filler) {
        var padded = new ArrayList<String>();
        for (int column = 0; column < cells.size(); column++) {
            var cell = cells.get(column);
            padded.add(filler + cell + filler.repeat(widths.get(column) - cell.length()) + filler);
        }
        return padded.stream().collect(Collectors.joining("|", "|", "|"));
    }
}
