package dev.strixhalo.plugin;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.execution.MavenSession;

/** A failure as the lines that a user reads: what is wrong and where, what was found, what to do, what state things are in. */
final class FailureText {
    private FailureText() {}

    static List<String> lines(StrixhaloException failure) {
        var lines = new ArrayList<String>();
        for (var problem : failure.problems()) lines.addAll(lines(problem));
        if (failure.state() != null) lines.add("  " + failure.state());
        return lines;
    }

    private static List<String> lines(Problem problem) {
        var lines = new ArrayList<String>(problem.sentence().lines().toList());
        labelled("found", "", problem.found(), lines);
        labelled("fix", "or: ", problem.fixes(), lines);
        return lines;
    }

    private static void labelled(String label, String further, List<String> texts, List<String> lines) {
        for (int i = 0; i < texts.size(); i++) {
            var first = (i == 0 ? "  %-8s".formatted(label) : " ".repeat(10) + further);
            var parts = texts.get(i).lines().toList();
            for (int p = 0; p < parts.size(); p++) lines.add((p == 0 ? first : " ".repeat(10)) + parts.get(p));
        }
    }

    /** The sentences alone, for the line that Maven itself prints at the end. */
    static String summary(StrixhaloException failure) {
        var first = failure.problems().get(0).sentence();
        int more = failure.problems().size() - 1;
        return more == 0 ? first : "%s (and %d more, told above)".formatted(first, more);
    }

    static String bug(String goal, String version, MavenSession session) {
        var system = session.getSystemProperties();
        return """
                This is a bug in strixhalo-maven-plugin, not a mistake of yours. Please report it with what follows.
                  goal    %s of version %s
                  on      Java %s, Maven %s, %s %s""".formatted(
                        goal,
                        version,
                        system.getProperty("java.version"),
                        system.getProperty("maven.version"),
                        system.getProperty("os.name"),
                        system.getProperty("os.version"));
    }
}
