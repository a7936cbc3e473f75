package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.cluster.Link;
import dev.strixhalo.host.FabricPort;
import dev.strixhalo.rdma.Expectation;
import dev.strixhalo.rdma.RcclLog;
import dev.strixhalo.rdma.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a launch keeps of its proof, what it says when there is none, and what it makes of a model's size. */
class LaunchProofTest {
    private static final Verdict TCP = new Verdict(
            Verdict.Outcome.TCP,
            false,
            "TCP; node2: RCCL says 'Using network Socket'",
            33_554_432,
            List.of("node1: x."));
    private static final LaunchProof PROOF = new LaunchProof(
            "roce",
            Instant.parse("2026-11-26T14:02:03Z"),
            TCP,
            new ModelSize(32, 4096, 2, ""),
            List.of(
                    new LaunchProof.Way("node1", "enp194s0np0", "irdma0", 1, 1),
                    new LaunchProof.Way("node2", "enp194s0np0", null, 0, 0)));

    private final Written written = new Written();

    @TempDir
    Path folder;

    @Test
    void theNodesKeepItAndAnotherVersionsIsNone() {
        var about = new LaunchAbout("strix", "m", "ray", 2, null, false, "lara@box", PROOF);

        assertThat(LaunchAbout.of(RecordFile.json().valueToTree(about))).isEqualTo(about);
        assertThat(LaunchAbout.of(json("{\"model\":\"m\"}")).proof()).isNull();
        assertThat(LaunchAbout.of(json("{\"model\":\"m\",\"proof\":{\"link\":\"roce\",\"shape\":1}}"))
                        .proof())
                .isNull();
    }

    @Test
    void aNodesWayIsThatOfItsRanks() {
        assertThat(PROOF.ways().get(0).network().rdma()).contains(new FabricPort("irdma0", 1, OptionalInt.of(1)));
        assertThat(PROOF.ways().get(1).network().rdma()).isEmpty();
    }

    @Test
    void theRecordOfALaunchHoldsIt() throws Exception {
        var record = new LaunchRecord(
                "20261126-140000-abcd",
                "strix",
                "m",
                "ray",
                2,
                "http://127.0.0.1:8000/v1",
                "127.0.0.1",
                true,
                List.of(new LaunchRecord.Participant("node1", "10.0.0.11", "strix-1", "sha256:1", "enp194s0np0")),
                Instant.parse("2026-11-26T14:02:05Z"),
                72.5,
                new Completion("m", "x", 4, List.of(), 0.2, 0.5),
                PROOF);

        LaunchRecord.file(folder).write(record);

        assertThat(LaunchRecord.file(folder).read()).isEqualTo(record);
        var text = json(Files.readString(folder.resolve("launch.json")));
        assertThat(text.at("/proof/verdict/outcome").asText()).isEqualTo("TCP");
        assertThat(text.path("schema").asInt()).isEqualTo(2);
    }

    @Test
    void aLinkThatDoesNotKeepItsPromiseIsToldWithWaysOut() {
        written.environment = Map.of("NCCL_DEBUG", "WARN");

        var problem = LaunchProving.problem(TCP, written.onTwo());

        assertThat(problem.what()).startsWith("the ranks speak TCP to each other, not RDMA");
        assertThat(problem.found()).containsExactly(TCP.evidence(), "node1: x.");
        assertThat(problem.fixes())
                .anyMatch(fix -> fix.contains("take NCCL_DEBUG out of <environment>"))
                .anyMatch(fix -> fix.contains("mvn strixhalo:doctor"))
                .anyMatch(fix -> fix.contains("-Dstrixhalo.serve.requireRdma=false"));
    }

    @Test
    void rdmaIsRequiredUnlessSaidOtherwise() {
        assertThat(written.onTwo().requireRdma()).isTrue();
        written.requireRdma = false;
        assertThat(written.onTwo().requireRdma()).isFalse();
    }

    @Test
    void whatGoesOnWithoutProofSaysSo() {
        var stray = new Verdict(Verdict.Outcome.TCP, false, "TCP", 1, List.of("node1: 9 MB went through eno1."));
        var proved = new Verdict(Verdict.Outcome.TCP, true, "fab0 | fab0", 1, List.of());
        var unproved = new Verdict(Verdict.Outcome.NOT_PROVABLE, false, "fab0", 1, List.of());

        assertThat(LaunchProving.advice(proved, Link.TCP)).isEmpty();
        assertThat(LaunchProving.advice(stray, Link.TCP))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("9 MB went through eno1", "ip route get"));
        assertThat(LaunchProving.advice(unproved, Link.TCP))
                .singleElement()
                .asString()
                .contains("is not proved");
        assertThat(LaunchProving.advice(unproved, Link.ROCE))
                .singleElement()
                .asString()
                .contains("<requireRdma>");
    }

    @ParameterizedTest
    @CsvSource({
        "auto, , 2",
        "float32, , 4",
        "bfloat16, , 2",
        "auto, --dtype=float32, 4",
        "float32, --dtype half, 2",
    })
    void theTypeThatVllmComputesInTellsTheBytes(String dtype, String arguments, int bytes) {
        written.dtype = dtype;
        if (arguments != null) written.arguments = List.of(arguments.split(" "));

        var size = ModelSize.of(json("{\"ok\":true,\"layers\":32,\"hidden\":4096}"), written.onTwo());

        assertThat(size.expect(64)).isEqualTo(Expectation.of(32, 4096, bytes, 64));
    }

    @Test
    void anUnknownSizeSaysWhatIsMissing() {
        assertThat(ModelSize.of(json("{\"layers\":null,\"hidden\":1}"), written.onTwo())
                        .unknown())
                .isEqualTo("the model's config.json names no number of layers");
        assertThat(ModelSize.of(json("{\"layers\":1,\"hidden\":null}"), written.onTwo())
                        .expect(64))
                .isEqualTo(Expectation.unknown("the model's config.json names no hidden size"));
        written.dtype = "fp8";
        assertThat(ModelSize.of(json("{\"layers\":1,\"hidden\":1}"), written.onTwo())
                        .unknown())
                .contains("fp8");
    }

    @Test
    void theNodeScriptsAnswerBecomesRcclsWord() {
        var answer = json("{\"ok\":true,\"files\":[{\"name\":\"rccl.node1.1\",\"lines\":[]},{\"name\":\"rccl.node1.2\","
                + "\"lines\":[\"n:1:2 [0] NCCL INFO NET/IB : Using [0]irdma0:1/RoCE; OOB f:1.2.3.4<0>\","
                + "\"n:1:2 [0] NCCL INFO Using network IB\"]}]}");

        assertThat(Proving.log(answer))
                .isEqualTo(new RcclLog(RcclLog.Network.IB, List.of("irdma0:1"), "Using network IB"));
        assertThat(Proving.log(json("{\"ok\":true,\"files\":[]}")).why()).isEqualTo("RCCL wrote no log");
    }

    private static JsonNode json(String text) {
        try {
            return RecordFile.json().readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }
}
