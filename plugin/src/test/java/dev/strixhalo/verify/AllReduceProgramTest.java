package dev.strixhalo.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.strixhalo.base.Program;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Runs Python's own tests of the all-reduce: that it sees each wrong value, and says so when there is no torch. */
class AllReduceProgramTest {
    @Test
    void passes() throws Exception {
        var python = Path.of("/usr/bin/python3");
        assumeTrue(python.toFile().canExecute(), "there is no " + python);
        var test = Path.of("src/test/resources/dev/strixhalo/verify/all_reduce_test.py");
        var program = Path.of("target/classes/dev/strixhalo/verify/all_reduce.py");

        var result = Program.of(python.toString(), "-B", test.toString(), program.toString())
                .timeout(Duration.ofMinutes(1))
                .run();

        assertThat(String.join("\n", result.err())).contains("Ran 8 tests").endsWith("OK");
        assertThat(result.exitCode()).isZero();
    }
}
