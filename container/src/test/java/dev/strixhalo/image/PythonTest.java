package dev.strixhalo.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Program;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs Python's own tests of what is best asked in Python: the API key's middleware (ASGI), and what must not grow. */
class PythonTest {
    @ParameterizedTest
    @CsvSource({"api_key_test.py, 6", "growth_test.py, 5"})
    void passes(String file, int tests) throws Exception {
        var test = Path.of("target/test-classes/dev/strixhalo/image", file).toAbsolutePath();
        var library = Path.of("target/classes/dev/strixhalo/image/rootfs/opt/strixhalo/lib")
                .toAbsolutePath();

        var result = Program.of("/usr/bin/python3", "-B", test.toString(), library.toString())
                .run();

        assertThat(String.join("\n", result.err()))
                .contains("Ran " + tests + " tests")
                .endsWith("OK");
        assertThat(result.exitCode()).isZero();
    }
}
