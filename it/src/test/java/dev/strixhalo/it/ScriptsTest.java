package dev.strixhalo.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every shell script of the project, as ShellCheck sees it. */
class ScriptsTest {
    @Test
    void shellCheckFindsNothing() throws StrixhaloException, IOException {
        assumeTrue(there("shellcheck"), "shellcheck is not installed on this machine");
        var scripts = scripts(Path.of("").toAbsolutePath().getParent());
        assertThat(scripts).hasSizeGreaterThan(10);

        var argv = new ArrayList<>(List.of("shellcheck", "--format=gcc"));
        scripts.forEach(script -> argv.add(script.toString()));
        var result = Program.of(argv).timeout(Duration.ofMinutes(3)).run();

        assertThat(result.out()).isEmpty();
        assertThat(result.exitCode()).isZero();
    }

    /** Files that the version control knows and whose first line names a shell. */
    private static List<Path> scripts(Path top) throws StrixhaloException, IOException {
        var files = Program.of("git", "ls-files", "--cached", "--others", "--exclude-standard")
                .in(top)
                .run()
                .orFail()
                .out();
        var scripts = new ArrayList<Path>();
        for (var file : files) {
            var path = top.resolve(file);
            if (!Files.isRegularFile(path)) continue;
            try (var stream = Files.newInputStream(path)) {
                var start = new String(stream.readNBytes(40), StandardCharsets.ISO_8859_1);
                if (start.matches("(?s)#!/(usr/bin/env |bin/)(ba|da)?sh\\b.*")) scripts.add(path);
            }
        }
        return scripts;
    }

    private static boolean there(String program) throws StrixhaloException {
        return Program.of("sh", "-c", "command -v " + program).run().succeeded();
    }
}
