package dev.strixhalo.image;

import static dev.strixhalo.image.NodeScript.launch;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a proof of the transport asks of a node: RCCL's own lines, and the size of the model. */
class NodeEvidenceTest {
    private static final String ID = "20261126-120000-abcd";

    @TempDir
    Path folder;

    private NodeScript node;

    @BeforeEach
    void supervise() throws Exception {
        node = new NodeScript(folder);
    }

    @AfterEach
    void end() {
        node.close();
    }

    @Test
    void rcclsLinesAboutItsNetworkComeByRankAndNoOthers() throws Exception {
        rccl(ID, "rccl.node1.475", """
                node1:475:475 [0] NCCL INFO Bootstrap: Using fab0:192.168.100.1<0>
                node1:475:611 [0] NCCL INFO NET/IB : Using [0]irdma0:1/RoCE [RO]; OOB fab0:192.168.100.1<0>
                node1:475:611 [0] NCCL INFO Using network IB
                node1:475:611 [0] NCCL INFO Setting affinity for GPU 0 to ff
                """);
        rccl(ID, "rccl.node1.476", "");

        var answer = node.ask("rccl", "", "--launch", ID).json();

        assertThat(answer.path("files")).hasSize(2);
        assertThat(answer.at("/files/0/name").asText()).isEqualTo("rccl.node1.475");
        assertThat(answer.at("/files/0/lines")).hasSize(2);
        assertThat(answer.at("/files/0/lines/1").asText()).endsWith("Using network IB");
        assertThat(answer.at("/files/0/more").asBoolean()).isFalse();
        assertThat(answer.at("/files/1/lines")).isEmpty();
    }

    @Test
    void anEndlessFileIsCutAndSaysSo() throws Exception {
        rccl(ID, "rccl.node1.475", "node1:475:611 [0] NCCL INFO Using network IB\n".repeat(1000));

        var file = node.ask("rccl", "", "--launch", ID).json().at("/files/0");

        assertThat(file.path("lines")).hasSize(400);
        assertThat(file.path("more").asBoolean()).isTrue();
    }

    @Test
    void aLaunchThatNeverWasHasNoLines() {
        var answer = node.ask("rccl", "", "--launch", ID);

        assertThat(answer.exit()).isOne();
        assertThat(answer.json().path("code").asText()).isEqualTo("no-logs");
    }

    @Test
    void logsShowRcclsLinesToo() throws Exception {
        node.ask("start", launch(ID, "echo here; sleep 60").toString());
        rccl(ID, "rccl.node1.475", "node1:475:611 [0] NCCL WARN Call to ibv_modify_qp failed\n");

        assertThat(node.ask("logs", "").lines())
                .anySatisfy(line -> assertThat(line)
                        .contains("\"part\": \"rccl\"", "ibv_modify_qp failed")
                        .containsPattern("\"time\": \"20\\d\\d-\\d\\d-\\d\\dT"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Llama; Qwen3-VL's and Gemma's language part; GPT-2; without a type; a size that is none
                "{\"hidden_size\":4096,\"num_hidden_layers\":32,\"torch_dtype\":\"bfloat16\"} | 32 | 4096 | bfloat16",
                "{\"hidden_size\":1,\"text_config\":{\"hidden_size\":2816,\"num_hidden_layers\":30},\"dtype\":\"float16\"} | 30 | 2816 | float16",
                "{\"thinker_config\":{\"text_config\":{\"hidden_size\":2048,\"num_hidden_layers\":48}}} | 48 | 2048 | null",
                "{\"n_embd\":768,\"n_layer\":12} | 12 | 768 | null",
                "{\"hidden_size\":\"big\",\"num_hidden_layers\":true} | null | null | null",
            })
    void aModelsSizeIsReadFromItsConfiguration(String config, String layers, String hidden, String dtype)
            throws Exception {
        Files.writeString(folder.resolve("config.json"), config);

        var answer = node.ask("model", "", folder.toString());

        assertThat(answer.exit()).isZero();
        assertThat(answer.json().path("layers").asText()).isEqualTo(layers);
        assertThat(answer.json().path("hidden").asText()).isEqualTo(hidden);
        assertThat(answer.json().path("dtype").asText()).isEqualTo(dtype);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"{\"hidden_size\": | cannot be read", "[] | is no JSON object"})
    void aConfigurationThatIsNoneIsRefused(String config, String why) throws Exception {
        Files.writeString(folder.resolve("config.json"), config);

        var answer = node.ask("model", "", folder.toString());

        assertThat(answer.exit()).isOne();
        assertThat(answer.json().path("code").asText()).isEqualTo("no-config");
        assertThat(answer.json().path("message").asText()).contains(why);
    }

    @Test
    void aModelOfTheHubThatIsNotHereIsRefusedAndNotFetched() {
        var answer = node.ask("model", "", "meta/llama");

        assertThat(answer.json().path("code").asText()).isEqualTo("no-config");
        assertThat(answer.json().path("message").asText()).contains("meta/llama", "is not in the cache");
    }

    private void rccl(String launch, String name, String text) throws IOException {
        var there = Files.createDirectories(node.log().resolve(launch));
        Files.writeString(there.resolve(name), text);
    }
}
