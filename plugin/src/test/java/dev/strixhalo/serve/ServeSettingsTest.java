package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServeSettingsTest {
    private final Written written = new Written();

    @Test
    void aModelIsAllThatHasToBeSaid() {
        var settings = written.onTwo();

        assertThat(settings.executor()).isEqualTo(ExecutorKind.RAY);
        assertThat(settings.tensorParallelSize()).isEqualTo(2);
        assertThat(settings.bind()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(8000);
        assertThat(settings.eager()).isTrue();
        assertThat(settings.trustRemoteCode()).isFalse();
        assertThat(settings.gpuMemoryUtilization()).isEqualTo(0.90);
        assertThat(settings.attentionBackend()).isEqualTo("TRITON_ATTN");
        assertThat(settings.timeouts().downloadStall()).hasSeconds(120);
        assertThat(settings.timeouts().start()).hasSeconds(900);
    }

    @Test
    void oneNodeIsTensorParallelOne() throws Exception {
        assertThat(written.on(Written.cluster("tcp", 1)).tensorParallelSize()).isEqualTo(1);
    }

    @Test
    void anEmptyAttentionBackendLeavesTheChoiceToVllm() {
        written.attentionBackend = "";
        assertThat(written.onTwo().attentionBackend()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"facebook/opt-125m", "gpt2", "Qwen/Qwen3.6-35B-A3B", "/models/mine", "/a path/with ümlaut"})
    void namesOfTheHubAndAbsolutePathsAreModels(String model) {
        written.model = model;
        assertThatCode(written::onTwo).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "../x", "a/b/c", "-x", "a b", "./model"})
    void anythingElseIsNone(String model) {
        written.model = model;
        assertThat(written.refused()).contains("<model>");
    }

    @Test
    void aTensorParallelSizeThatTheClusterCannotGiveIsRefusedWithWhatItHas() {
        written.tensorParallelSize = 3;
        assertThat(written.refused()).contains("<tensorParallelSize> is 3, but the cluster has 2 GPUs.", "1 to 2");
    }

    @Test
    void anUnknownExecutorIsRefusedWithTheKnownOnes() {
        written.executor = "slurm";
        assertThat(written.refused()).contains("<executor> is 'slurm'", "ray, mp");
    }

    @Test
    void allProblemsComeAtOnce() {
        written.model = null;
        written.executor = "slurm";
        written.port = 70000;
        written.bind = "localhost";
        written.gpuMemoryUtilization = 1.5;
        written.dtype = "float 16";
        written.rayObjectStore = 1L;
        written.joinTimeout = 0;
        assertThat(written.refused().lines()).hasSize(8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--host",
                "--port=1",
                "--api-key",
                "--api_key=x",
                "--tensor-parallel-size",
                "--hf-token=x",
                "--node-rank"
            })
    void argumentsThatAreParametersHereAreRefused(String argument) {
        written.arguments = List.of("--enable-auto-tool-choice", argument);
        assertThat(written.refused())
                .contains(argument.split("=", 2)[0], "use ")
                .doesNotContain("=x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HF_TOKEN", "VLLM_API_KEY", "RAY_AUTH_TOKEN"})
    void secretsDoNotBelongIntoAnEnvironment(String name) {
        written.environment = Map.of(name, "hunter2");
        assertThat(written.refused()).contains(name).doesNotContain("hunter2");
    }

    @Test
    void aWideBindIsKnownAsOne() {
        written.bind = "0.0.0.0";
        assertThat(written.onTwo().loopback()).isFalse();
        assertThat(written.onTwo().nearAddress()).isEqualTo("127.0.0.1");
        written.bind = "10.0.0.11";
        assertThat(written.onTwo().nearAddress()).isEqualTo("10.0.0.11");
    }
}
