package dev.strixhalo.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.remote.CommandResult;
import dev.strixhalo.remote.RemoteCommand;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The lines are what podman 4.3.1 said on the test bed, and containers/image's own words. */
class FailedPullTest {
    private static final String REFERENCE = "registry.lan:5000/vllm@sha256:00";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Error: writing blob: storing blob to file "/var/tmp/storage1/2": happened during read: unexpected EOF | the connection to registry.lan:5000 failed | podman pull registry.lan:5000/vllm@sha256:00
            Error: writing blob: storing blob to file "/var/tmp/storage1/2": write /var/tmp/storage1/2: no space left on device | the disk became full | podman image prune
            Error: initializing source docker://registry.lan:5000/vllm: unauthorized: authentication required | lets nobody pull | podman login registry.lan:5000
            Error: reading manifest sha256:00 in registry.lan:5000/vllm: manifest unknown | has no registry.lan:5000/vllm@sha256:00 | mvn strixhalo:build-image
            Error: pinging container registry registry.lan:5000: x509: certificate signed by unknown authority | does not trust the certificate | certs.d/registry.lan:5000/ca.crt
            """)
    void oneSentenceAndAFix(String said, String cause, String fix) {
        var result = new CommandResult(
                "node2", RemoteCommand.of("podman", "pull"), 125, List.of("@@bytes 12"), List.of(said));

        var failure =
                catchThrowableOfType(StrixhaloException.class, () -> FailedPull.unlessGood(result, REFERENCE, false));

        assertThat(failure.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.sentence()).startsWith("node2: ").contains(cause);
            assertThat(problem.found()).containsExactly(said);
            assertThat(String.join("\n", problem.fixes())).contains(fix);
        });
    }
}
