package dev.strixhalo.prepare;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.CommandResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What taking a run back does, by node, as the nodes' journals say. */
public final class UndoPlan {
    private final String run;
    private final Map<String, List<Entry>> entries = new LinkedHashMap<>();
    private final Map<String, String> without = new LinkedHashMap<>();
    private final Map<String, String> running = new LinkedHashMap<>();

    /** Without linger or its IDs a container of the user ends: the manager goes, {@code podman system migrate} stops all. */
    private static final Set<String> ENDS_CONTAINERS = Set.of("linger", "subordinate-ids");

    /**
     * A step that is to be taken back.
     *
     * @param number  in the run
     * @param change  that it belongs to
     * @param verdict {@code undo}, {@code kept} when somebody has changed it since, {@code nothing}
     * @param text    file or command
     * @param lines   a file's difference
     */
    record Entry(String number, String change, String kind, String verdict, String text, List<String> lines) {}

    UndoPlan(String run) {
        this.run = run;
    }

    /** The run's name. */
    public String run() {
        return run;
    }

    /** Whether nothing is left to take back anywhere. */
    public boolean nothingToDo() {
        return entries.values().stream()
                .flatMap(List::stream)
                .noneMatch(e -> e.verdict().equals("undo"));
    }

    /** The nodes where something is taken back. */
    public List<String> changed() {
        return entries.entrySet().stream()
                .filter(e -> e.getValue().stream().anyMatch(x -> x.verdict().equals("undo")))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Steps that stay, since somebody has changed since what they had made. */
    public List<String> kept() {
        var kept = new ArrayList<String>();
        entries.forEach((node, its) ->
                its.stream().filter(e -> e.verdict().equals("kept")).forEach(e -> kept.add(node + ": " + e.text())));
        return kept;
    }

    void put(String node, CommandResult result) throws StrixhaloException {
        entries.put(node, parse(result));
    }

    /** Notes whether containers run there that taking the run back would end. */
    void running(String node, HostState state) {
        running.remove(node);
        boolean ends = entries.getOrDefault(node, List.of()).stream()
                .anyMatch(e -> e.verdict().equals("undo") && ENDS_CONTAINERS.contains(e.change()));
        if (ends && state.containers() > 0) running.put(node, state.runningContainers());
    }

    /** @throws StrixhaloException when containers run that taking the run back would end; one problem for each node */
    public void demandNoContainers() throws StrixhaloException {
        var problems = new ArrayList<Problem>();
        running.forEach(
                (node, what) -> problems.add(Problem.of("Taking run %s back would end containers.".formatted(run))
                        .on(node)
                        .found(what)
                        .fix("take down what was deployed: mvn strixhalo:remove")
                        .fix("podman ps there shows others")));
        if (!problems.isEmpty()) throw new StrixhaloException(problems, "nothing was changed.", null);
    }

    void none(String node, String why) {
        without.put(node, why);
    }

    static List<Entry> parse(CommandResult result) throws StrixhaloException {
        var before = new HashMap<String, String>();
        var now = new HashMap<String, String>();
        var entries = new ArrayList<Entry>();
        boolean ended = false;
        String failed = "";
        var said = new ArrayList<String>();
        for (var line : result.out()) {
            var words = line.split(" ");
            switch (words[0]) {
                case "@@before" -> before.put(words[1], content(words));
                case "@@now" -> now.put(words[1], content(words));
                case "@@entry" ->
                    entries.add(new Entry(
                            words[1],
                            words[2],
                            words[3],
                            words[4],
                            decoded(words[5]),
                            PlanText.difference(
                                    now.getOrDefault(words[1], "").lines().toList(),
                                    before.getOrDefault(words[1], "").lines().toList())));
                case "@@said" -> said.add(line.substring("@@said ".length()));
                case "@@failed" -> failed = line.substring("@@failed ".length());
                case "@@taken-back" -> ended = true;
                default -> {}
            }
        }
        if (ended) return entries;
        var problem = Problem.of(
                        failed.isEmpty()
                                ? "The run could not be taken back."
                                : "Step %s could not be taken back.".formatted(failed))
                .on(result.node());
        for (var line : said.isEmpty() ? result.err() : said) problem = problem.found(line);
        throw new StrixhaloException(
                List.of(Application.hint(problem, String.join("\n", said))
                        .fix("see what is wrong there and run the same again; it goes on where it stopped")),
                "steps after it are back, those before it are as they were.",
                null);
    }

    private static String content(String[] words) {
        return words.length < 3 || words[2].equals("-") ? "" : decoded(words[2]);
    }

    private static String decoded(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8).strip();
    }

    /** All of it for people. */
    public List<String> lines() {
        var lines = new ArrayList<String>();
        entries.forEach((node, its) -> {
            lines.add(node + "   taking back run " + run);
            for (var entry : its) {
                var word = switch (entry.verdict()) {
                    case "undo" -> List.of("file", "lines").contains(entry.kind()) ? "file" : "undo";
                    case "kept" -> "kept";
                    default -> "as is";
                };
                lines.add("  %-16s %-5s %s".formatted(entry.change(), word, entry.text()));
                entry.lines().forEach(line -> lines.add("      " + line));
            }
            var waits = running.get(node);
            if (waits != null) lines.add("  waits until none runs: " + waits);
            if (its.isEmpty()) lines.add("  nothing is left to take back");
        });
        without.forEach((node, why) -> lines.add(node + "   " + why));
        return lines;
    }
}
