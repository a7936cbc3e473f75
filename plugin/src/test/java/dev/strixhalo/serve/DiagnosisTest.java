package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Problem;
import dev.strixhalo.cluster.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Lines that vLLM 0.32, Ray 2.60 and torch 2.13 print, seen on the bed or, where no GPU is at hand, as they stand in their
 * sources.
 */
class DiagnosisTest {
    private static final List<Node> NODES = Written.cluster("roce", 2).nodes();
    private static final Node HEAD = NODES.get(0);
    private static final Node WORKER = NODES.get(1);

    private final Map<String, List<Sighting.Line>> said = new HashMap<>();
    private final Written written = new Written();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vllm: error: unrecognized arguments: --nonsense | does not know an argument",
                "vllm serve: error: argument --max-model-len: invalid human_readable_int_or_auto value: 'many' | does not know an argument",
                "  Value error, User-specified max_model_len (100000000) is greater than the derived max_model_len (max_position_embeddings=512.0 or model_max_length=None in model's config.json). | <contextLength> is longer than the model was made for",
                "torch.OutOfMemoryError: HIP out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 124.00 GiB | the GPU has too little memory",
                "ValueError: Free memory on device cuda:0 (3.1/124.0 GiB) on startup is less than desired GPU memory utilization (0.9, 111.6 GiB). | something else holds the GPU's memory",
                "ValueError: No available memory for the cache blocks. Try increasing `gpu_memory_utilization` when initializing the engine. | no room is left for the KV cache",
                "  Value error, Total number of attention heads (4) must be divisible by tensor parallel size (3). | cannot be split over 2 GPUs",
                "ValueError: Cannot provide a placement group requiring 2 GPUs (placement_group_specs=[]) within 1800 seconds. | cannot give the 2 GPUs",
                "RuntimeError: Worker failed with error 'Available memory on node 0 (20.91/23.54 GiB) on kv cache allocation is less than requested memory for kv (100000.0 GiB). | the node has too little memory",
                "OSError: [Errno 98] Address already in use | a port that is needed is taken",
                "huggingface_hub.errors.GatedRepoError: 401 Client Error. | is gated",
                "OSError: org/none is not a local folder and is not a valid model identifier listed on 'https://huggingface.co/models' | the hub has no model",
                "ray.exceptions.AuthenticationError: InvalidAuthToken | Ray refused the token",
                "RuntimeError: The repository contains custom code which must be executed to correctly load the model. | brings Python code of its own",
            })
    void whatAProgramPrintsNamesTheCause(String line, String sentence) {
        say(HEAD, "vllm", "INFO something", line, "INFO bye");

        var problem = ended(HEAD, "vllm", 1);

        assertThat(problem.sentence()).startsWith("node1: ").contains(sentence);
        assertThat(problem.found())
                .singleElement()
                .satisfies(found -> assertThat(found).startsWith("vllm: ").contains(line.strip()));
        assertThat(problem.fixes()).isNotEmpty();
    }

    @Test
    void theNodeThatSaidItIsNamedThoughAnotherNoticed() {
        say(HEAD, "vllm", "RuntimeError: Engine core initialization failed. See root cause above.");
        say(
                WORKER,
                "ray",
                "(RayWorkerProc pid=207) torch.OutOfMemoryError: HIP out of memory. Tried to allocate 2.00 GiB.");

        assertThat(ended(HEAD, "vllm", 1).sentence()).startsWith("node2: the GPU has too little memory");
    }

    @Test
    void aBrokenConnectionDoesNotHideADeadRank() {
        say(
                HEAD,
                "ray",
                "RuntimeError: [../gloo/transport/tcp/pair.cc:547] Connection closed by peer [192.168.100.2]:27184",
                "gloo::EnforceNotMet");
        say(WORKER, "ray", "(Worker pid=207) INFO Starting to load model /models/tiny...");

        var problem = Diagnosis.of(
                List.of(
                        new Trouble.RankGone(WORKER, "ray::RayWorkerProc"),
                        new Trouble.PartEnded(HEAD, "vllm", 1, null)),
                NODES,
                this::lines,
                written.onTwo());

        assertThat(problem.sentence())
                .isEqualTo("node2: a rank of the model died: process 'ray::RayWorkerProc' is gone.");
    }

    @Test
    void aBrokenConnectionWithoutADeathIsTheCause() {
        say(
                HEAD,
                "ray",
                "torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:3356, remote process exited or there was a network error");

        assertThat(ended(HEAD, "vllm", 1).sentence()).contains("could not speak with each other");
    }

    @Test
    void harmlessLinesAreNoCauses() {
        say(
                HEAD,
                "vllm",
                "(EngineCore pid=333) INFO Initializing a V1 LLM engine (v0.32.0) with config: model='/models/tiny', trust_remote_code=False, tensor_parallel_size=2",
                "(EngineCore pid=333) WARNING 11-23 18:42:54 [ray_utils.py:321] tensor_parallel_size=2 is bigger than a reserved number of GPUs (1 GPUs) in a node eec3",
                "(APIServer pid=1) WARNING Found ulimit of 20000 and failed to automatically increase with error current limit exceeds maximum limit. This can cause fd limit errors like `OSError: [Errno 24] Too many open files`.");

        assertThat(ended(HEAD, "vllm", 3).sentence())
                .isEqualTo("node1: vLLM ended before the model was ready (exit code 3).");
    }

    @Test
    void anUnknownCauseShowsTheLinesThatSpeakOfErrors() {
        say(HEAD, "vllm", "INFO 1", "RuntimeError: something new", "INFO 2");

        assertThat(ended(HEAD, "vllm", 1).found()).containsExactly("vllm: RuntimeError: something new");
    }

    @Test
    void withoutSuchLinesTheLastOnesAreShown() {
        say(HEAD, "vllm", "one", "two");

        assertThat(ended(HEAD, "vllm", 1).found()).containsExactly("vllm: one", "vllm: two");
    }

    @Test
    void aWorkerThatNeverJoinsAndAnEndOfPatienceAreToldAsSuch() {
        assertThat(Diagnosis.of(List.of(new Trouble.NeverJoined(1, 2, "…")), NODES, this::lines, written.onTwo())
                        .what())
                .isEqualTo("Ray counts 1 of 2 nodes; the others never joined.");
        assertThat(Diagnosis.of(
                                List.of(new Trouble.TimeOver(
                                        WORKER, "this node did not join Ray", Duration.ofMinutes(2))),
                                NODES,
                                this::lines,
                                written.onTwo())
                        .sentence())
                .isEqualTo("node2: this node did not join Ray within 2:00.");
    }

    @Test
    void aLongLineIsCut() {
        say(HEAD, "vllm", "Error " + "x".repeat(5000));
        assertThat(ended(HEAD, "vllm", 1).found().get(0)).hasSizeLessThan(260);
    }

    private Problem ended(Node node, String part, int code) {
        return Diagnosis.of(
                List.of(new Trouble.PartEnded(node, part, code, null)), NODES, this::lines, written.onTwo());
    }

    private void say(Node node, String part, String... texts) {
        for (var text : texts) {
            said.computeIfAbsent(node.name(), name -> new ArrayList<>()).add(new Sighting.Line(node, part, text));
        }
    }

    private List<Sighting.Line> lines(Node node) {
        return said.getOrDefault(node.name(), List.of());
    }
}
