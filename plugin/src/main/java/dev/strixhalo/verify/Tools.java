package dev.strixhalo.verify;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a place has to measure with.
 *
 * @param programs   that are there
 * @param options    of perftest, by whose presence its versions differ
 * @param debianLike whether its packages are called as Debian calls them
 * @param ended      servers of broken runs that were ended there, as {@code 4242 iperf3 -s …}
 */
record Tools(Set<String> programs, Set<String> options, boolean debianLike, List<String> ended) {
    static final Tools NONE = new Tools(Set.of(), Set.of(), false, List.of());

    Tools {
        programs = Set.copyOf(programs);
        options = Set.copyOf(options);
        ended = List.copyOf(ended);
    }

    static Tools parse(List<String> seen, List<String> ended) {
        var programs = new HashSet<String>();
        var options = new HashSet<String>();
        boolean debianLike = false;
        for (var line : seen) {
            var words = List.of(line.strip().split("\\s+"));
            if (words.size() < 2) continue;
            switch (words.get(0)) {
                case "os" -> debianLike = words.contains("debian") || words.contains("ubuntu");
                case "tool" -> programs.add(words.get(1));
                case "option" -> options.add(words.get(1));
                default -> {}
            }
        }
        return new Tools(
                programs,
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

    /** A command line that installs the tool there. */
    String install(Tool tool) {
        return "sudo %s install %s".formatted(debianLike ? "apt-get" : "dnf", tool.packageFor(debianLike));
    }
}
