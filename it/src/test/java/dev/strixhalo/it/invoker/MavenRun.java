package dev.strixhalo.it.invoker;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of a run of Maven.
 *
 * @param exitCode of Maven
 * @param output   all lines, Maven's own without
 */
record MavenRun(int exitCode, List<String> output) {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** Runs goals in a folder. */
    static MavenRun of(StagedPlugin plugin, Path folder, String... arguments) throws StrixhaloException {
        return through(plugin, folder, "exec \"$@\" 2>&1", arguments);
    }

    /**
     * Runs goals in a folder through a shell.
     *
     * @param shell what the shell does with the command line, {@code "$@"}
     */
    static MavenRun through(StagedPlugin plugin, Path folder, String shell, String... arguments)
            throws StrixhaloException {
        var argv =
                new ArrayList<>(List.of("sh", "-c", shell, "sh", StagedPlugin.property("it.maven.home") + "/bin/mvn"));
        argv.addAll(List.of("-B", "-ntp", "-s", plugin.settings().toString(), "-Dstyle.color=never"));
        argv.addAll(List.of(arguments));
        var result = Program.of(argv)
                .in(folder)
                // These runs live for seconds: what they would gain from the optimising compiler they lose waiting for
                // it.
                .env("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -Xmx256m")
                .env("LC_ALL", "C.UTF-8")
                .without("MAVEN_ARGS")
                .timeout(LIMIT)
                .run();
        return new MavenRun(result.exitCode(), result.out());
    }

    /** The lines of one level, {@code [ERROR]}, without what Maven itself adds after {@code BUILD}. */
    List<String> lines(String level) {
        var end = output.stream().filter(line -> line.contains(" BUILD ")).findFirst();
        var told = end.isEmpty() ? output : output.subList(0, output.indexOf(end.get()));
        return told.stream()
                .filter(line -> line.startsWith(level))
                .map(line -> line.substring(level.length()).stripTrailing())
                .toList();
    }

    List<String> errors() {
        return lines("[ERROR]");
    }

    String text() {
        return String.join("\n", output);
    }
}
