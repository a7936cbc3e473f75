package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.RecordFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every word that the node's download says leads to a way out. */
class WeightsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gated | accept its licence at https://huggingface.co/facebook/opt-125m",
                "gated-refused | with the account of this token",
                "token-refused | settings/tokens",
                "absent | check the spelling",
                "no-folder | <volume>~/models:/models:ro</volume>",
                "no-model-in-folder | <volume>~/models:/models:ro</volume>",
                "stalled | it goes on where it stopped",
                "hub-unreachable | reaches https://huggingface.co",
                "offline | HF_HUB_OFFLINE",
                "disk-full | df -h",
            })
    void aRefusalLeadsOn(String code, String fix) {
        var json = RecordFile.json().createObjectNode();
        json.put("ok", false)
                .put("code", code)
                .put("message", "It is so.")
                .putArray("found")
                .add("seen");

        var problem = Weights.problem(
                new NodeScript.Answer(Written.cluster("tcp", 2).nodes().get(1), "download", json),
                new Written().onTwo());

        assertThat(problem.sentence()).isEqualTo("node2: It is so.");
        assertThat(problem.found()).containsExactly("seen");
        assertThat(String.join(" ", problem.fixes())).contains(fix);
    }
}
