package dev.strixhalo.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.strixhalo.base.Progress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lines of vLLM 0.32 on the bed, and of a GPU as its sources have them. */
class PhasesTest {
    private final List<String> shown = new ArrayList<>();

    @Test
    void aLaunchIsShownPhaseByPhase() {
        try (var phases = new Phases(recorder())) {
            for (var line : List.of(
                    "Loading safetensors checkpoint shards:  50% Completed | 2/4 [00:10<00:10,  5.1s/it]",
                    "(Worker_TP1 pid=207) INFO 11-23 19:23:54 [default_loader.py:501] Loading weights took 0.02 seconds",
                    "(Worker_TP0 pid=1) INFO [gpu_worker.py:280] Available KV cache memory: 61.2 GiB",
                    "(EngineCore pid=333) INFO 11-23 18:43:47 [kv_cache_utils.py:2327] GPU KV cache size: 2,097,152 tokens, Maximum concurrency",
                    "Capturing CUDA graphs (mixed prefill-decode, PIECEWISE):  37%|███▋      | 7/19 [00:03<00:05]",
                    "(EngineCore pid=333) INFO 11-23 18:43:51 [core.py:402] init engine (profile, create kv cache, warmup model) took 3.28 s",
                    "INFO:     Application startup complete.")) {
                phases.take(new Sighting.Line(Written.cluster("tcp", 2).head(), "vllm", line));
            }
            phases.answered(new Completion("m", "Paris.\n", 25, List.of(), 0.21, 1.21));
        }

        assertThat(shown)
                .containsExactly(
                        "load: null vLLM starts",
                        "load: node1 50 %",
                        "load: node1 100 %",
                        "load done: weights are in memory on all nodes",
                        "start: node1 KV cache 61.2 GiB",
                        "start: node1 KV cache of 2,097,152 tokens",
                        "start done: KV cache 61.2 GiB on each node, 2,097,152 tokens",
                        "graphs: node1 37 %",
                        "graphs done: graphs are captured",
                        "answer: null the API starts",
                        "answer: null came",
                        "answer done: \"Paris.\" first token 0.21 s, 24 tok/s");
    }

    private Progress recorder() {
        return new Progress() {
            @Override
            public void line(String topic, String text) {}

            @Override
            public void warn(String text) {}

            @Override
            public Step begin(String topic) {
                return new Step() {
                    @Override
                    public void bytes(@Nullable String who, long done, long total) {}

                    @Override
                    public void note(@Nullable String who, String text) {
                        shown.add(topic + ": " + who + " " + text);
                    }

                    @Override
                    public void done(String text) {
                        shown.add(topic + " done: " + text);
                    }

                    @Override
                    public void close() {}
                };
            }
        };
    }
}
