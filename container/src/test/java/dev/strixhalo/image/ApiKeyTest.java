package dev.strixhalo.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Program;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Runs the Python tests of the middleware that guards the API; it speaks ASGI, which has no other home than Python. */
class ApiKeyTest {
    @Test
    void onlyTheKeyOpens() throws Exception {
        var test = Path.of("target/test-classes/dev/strixhalo/image/api_key_test.py")
                .toAbsolutePath();
        var library = Path.of("target/classes/dev/strixhalo/image/rootfs/opt/strixhalo/lib")
                .toAbsolutePath();

        var result = Program.of("/usr/bin/python3", "-B", test.toString(), library.toString())
                .run();

        assertThat(String.join("\n", result.err())).contains("Ran 6 tests").endsWith("OK");
        assertThat(result.exitCode()).isZero();
    }
}
