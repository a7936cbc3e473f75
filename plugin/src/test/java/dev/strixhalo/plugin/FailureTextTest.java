package dev.strixhalo.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FailureTextTest {
    private static final Problem MEMLOCK = Problem.of("memlock is limited to 8 MiB; RDMA needs it unlimited.")
            .on("node2")
            .found("ulimit -Hl = 8192 in a new login of 'strix'")
            .fix("sudo tee /etc/security/limits.d/90-strixhalo.conf\nthen log in anew")
            .fix("mvn strixhalo:prepare");

    @Test
    void aFailureIsToldAsWhatFoundFixAndState() {
        var failure = new StrixhaloException(
                List.of(MEMLOCK, Problem.of("b.")), "nothing was changed on node1 or node2.", null);

        assertThat(FailureText.lines(failure))
                .containsExactly(
                        "node2: memlock is limited to 8 MiB; RDMA needs it unlimited.",
                        "  found   ulimit -Hl = 8192 in a new login of 'strix'",
                        "  fix     sudo tee /etc/security/limits.d/90-strixhalo.conf",
                        "          then log in anew",
                        "          or: mvn strixhalo:prepare",
                        "b.",
                        "  nothing was changed on node1 or node2.");
        assertThat(FailureText.summary(failure))
                .isEqualTo("node2: memlock is limited to 8 MiB; RDMA needs it unlimited. (and 1 more, told above)");
    }

    /** "or: " is written before every further fix; who says it himself is read as "or: or …". */
    @Test
    void noFixInAnySourceSaysOrItself() throws IOException {
        var own = Pattern.compile("\\.fix\\(\\s*\"(?:or|then)\\b[^\"]*\"");
        var found = new ArrayList<String>();
        for (var module : List.of("plugin", "container", "rccl-build")) {
            try (var files = Files.walk(Path.of("..", module, "src/main/java"))) {
                for (var file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    own.matcher(Files.readString(file)).results().forEach(hit -> found.add(file + ": " + hit.group()));
                }
            }
        }
        assertThat(found).isEmpty();
    }
}
