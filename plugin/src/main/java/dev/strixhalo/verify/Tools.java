package dev.strixhalo.verify;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a place has to measure with.
 *
 * @param programs   that are there
 * @param broken     those that are there and do not run, and why
 * @param options    of perftest, by whose presence its versions differ
 * @param debianLike whether its packages are called as Debian calls them
 * @param ended      servers of broken runs that were ended there, as {@code 4242 iperf3 -s …}
 */
record Tools(
        Set<String> programs, Map<String, String> broken, Set<String> options, boolean debianLike, List<String> ended) {
    static final Tools NONE = new Tools(Set.of(), Map.of(), Set.of(), false, List.of());

    Tools {
        programs = Set.copyOf(programs);
        broken = Map.copyOf(broken);
        options = Set.copyOf(options);
        ended = List.copyOf(ended);
    }

    static Tools parse(List<String> seen, List<String> ended) {
        var programs = new HashSet<String>();
        var broken = new HashMap<String, String>();
        var options = new HashSet<String>();
        boolean debianLike = false;
        for (var line : seen) {
            var words = List.of(line.strip().split("\\s+"));
            if (words.size() < 2) continue;
            switch (words.get(0)) {
                case "os" -> debianLike = words.contains("debian") || words.contains("ubuntu");
                case "tool" -> programs.add(words.get(1));
                case "broken" -> broken.put(words.get(1), String.join(" ", words.subList(2, words.size())));
                case "option" -> options.add(words.get(1));
                default -> {}
            }
        }
        return new Tools(
                programs,
                broken,
                options,
                debianLike,
                ended.stream()
                        .filter(line -> line.startsWith("ended "))
                        .map(line -> line.substring("ended ".length()).strip())
                        .toList());
    }

    boolean has(Tool tool) {
        return programs.contains(tool.program());
    }

    /** Why a tool that is not to be had is not, with the package that it comes with. */
    String why(Tool tool) {
        var reason = broken.get(tool.program());
        return reason == null
                ? "%s is not installed (package %s)".formatted(tool.program(), tool.packageFor(debianLike))
                : "%s does not run (%s)".formatted(tool.program(), reason.isEmpty() ? "it says nothing" : reason);
    }
}
