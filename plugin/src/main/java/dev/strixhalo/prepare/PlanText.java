package dev.strixhalo.prepare;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A plan as lines for people. */
final class PlanText {
    /** Unchanged lines that are shown around a change. */
    private static final int CONTEXT = 1;

    private final List<String> lines;

    PlanText(List<String> lines) {
        this.lines = lines;
    }

    void node(NodePlan plan) {
        lines.add(plan.node());
        plan.unfinished()
                .ifPresent(run -> lines.add(
                        "  run %s was cut off (%s); it is finished first".formatted(run.name(), run.state())));
        for (var change : plan.changes()) change(change);
        if (plan.changes().isEmpty()) lines.add("  nothing to do");
        for (var problem : plan.obstacles()) {
            lines.add("  cannot: " + problem.what());
            problem.found().forEach(found -> lines.add("    found   " + found));
            problem.fixes().forEach(fix -> lines.add("    fix     " + fix));
        }
        for (var due : plan.due()) lines.add("  due since an earlier change: " + due.words());
    }

    private void change(Change change) {
        lines.add("  %s   %s".formatted(change.id(), change.reason()));
        lines.add("    heals " + String.join(" ", change.heals()));
        for (var step : change.steps()) step(step);
        if (!change.needs().isEmpty()) {
            lines.add("    holds after "
                    + change.needs().stream().map(Afterwards::words).collect(Collectors.joining(" and ")));
        }
    }

    private void step(Step step) {
        if (step instanceof Step.WriteFile file) {
            lines.add("    file %s (%s, mode %s)"
                    .formatted(
                            file.path(),
                            file.created() ? "new" : file.before() == null ? "not readable without root" : "changed",
                            file.mode()));
            var before = file.before() == null ? "" : file.before();
            difference(before.lines().toList(), file.content().lines().toList())
                    .forEach(line -> lines.add(("      " + line).stripTrailing()));
        } else if (step instanceof Step.Command command) {
            if (!command.argv().isEmpty()) lines.add("    run  " + shown(command.argv()));
        } else if (step instanceof Step.Install install) {
            lines.add("    run  " + shown(install.argv()));
        } else if (step instanceof Step.KeyPair pair) {
            lines.add("    key  %s (new, ed25519, of '%s')".formatted(pair.path(), pair.user()));
        } else if (step instanceof Step.Lines more) {
            lines.add("    file %s (%s, of '%s')"
                    .formatted(more.path(), more.created() ? "new" : "lines are added", more.user()));
            more.lines().forEach(line -> lines.add("      + " + line));
            more.awaited().forEach(line -> lines.add("      + (" + line + ")"));
        }
    }

    /** Words as they would be typed. */
    static String shown(List<String> argv) {
        return argv.stream()
                .map(word -> word.matches("[A-Za-z0-9_./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }

    /** Lines with + or - before them, and what stands around them; by the longest common subsequence. */
    static List<String> difference(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        var all = new ArrayList<String>();
        int i = 0;
        int j = 0;
        while (i < before.size() || j < after.size()) {
            if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
                all.add("  " + before.get(i++));
                j++;
            } else if (i < before.size() && (j == after.size() || common[i + 1][j] >= common[i][j + 1])) {
                all.add("- " + before.get(i++));
            } else {
                all.add("+ " + after.get(j++));
            }
        }
        return around(all);
    }

    private static List<String> around(List<String> all) {
        var shown = new ArrayList<String>();
        boolean gap = false;
        for (int k = 0; k < all.size(); k++) {
            int from = Math.max(0, k - CONTEXT);
            int to = Math.min(all.size(), k + CONTEXT + 1);
            if (all.subList(from, to).stream().allMatch(line -> line.startsWith("  "))) {
                gap = true;
                continue;
            }
            if (gap && !shown.isEmpty()) shown.add("  …");
            gap = false;
            shown.add(all.get(k));
        }
        return shown;
    }
}
