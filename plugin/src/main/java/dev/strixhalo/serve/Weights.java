package dev.strixhalo.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.Amount;
import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Progress;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Brings the model's files to every node before vLLM starts, all nodes at once, and so finds what can be wrong with a model
 * early: it is not there, not ours to read, or on one node only. vLLM then finds everything on its own disk.
 */
final class Weights {
    static final String PART = "download";
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration LOOK = Duration.ofSeconds(60);

    private final LaunchRun run;
    private final Map<String, JsonNode> outcomes = new LinkedHashMap<>();

    Weights(LaunchRun run) {
        this.run = run;
    }

    /** What is wrong with the model's folder on a node; nothing when vLLM will find a model there. */
    static Optional<Problem> folder(NodeScript script, ServeSettings settings) throws StrixhaloException {
        var answer = script.ask(PART, "", LOOK, settings.model());
        return answer.ok() ? Optional.empty() : Optional.of(problem(answer, settings));
    }

    /** Fetches; returns when all nodes have everything. A folder was seen on every node before. */
    void fetch(Progress progress) throws StrixhaloException {
        var settings = run.settings();
        if (settings.localModel()) return;
        for (var member : run.members()) {
            var argv = List.of(
                    NodeScript.PATH,
                    PART,
                    settings.model(),
                    "--stall",
                    Long.toString(settings.timeouts().downloadStall().toSeconds()));
            var environment = NodeEnvironment.ofDriver(run, member);
            run.start(member, List.of(new Part(PART, argv, environment, GRACE, null, null)));
        }
        try (var step = progress.begin("weights")) {
            var waiting = new ArrayList<Node>();
            run.members().forEach(member -> waiting.add(member.node()));
            while (!waiting.isEmpty()) {
                var sighting = run.watch().next(Duration.ofSeconds(1));
                if (sighting.isEmpty()) continue;
                if (sighting.get() instanceof Sighting.Line line && line.part().equals(PART)) {
                    take(line, step);
                } else if (sighting.get() instanceof Sighting.Event event
                        && event.event().equals("part-exited")
                        && event.more().path("part").asText().equals(PART)) {
                    ended(event);
                    waiting.remove(event.node());
                } else {
                    run.check(sighting.get());
                }
            }
            step.done(told());
        }
    }

    private void take(Sighting.Line line, Progress.Step step) {
        var json = json(line.text());
        if (json.isEmpty()) return;
        if (json.get().has("ok")) {
            outcomes.put(line.node().name(), json.get());
        } else if (json.get().path("total").asLong() > 0) {
            step.bytes(
                    line.node().name(),
                    json.get().path("bytes").asLong(),
                    json.get().path("total").asLong());
        }
    }

    private void ended(Sighting.Event event) throws StrixhaloException {
        var outcome = outcomes.get(event.node().name());
        if (outcome != null && outcome.path("ok").asBoolean()) return;
        if (outcome == null) throw run.diagnose(LaunchRun.partEnded(event));
        throw problem(new NodeScript.Answer(event.node(), PART, outcome), run.settings())
                .asException();
    }

    /** What a refusal of the download means to the user. */
    static Problem problem(NodeScript.Answer refusal, ServeSettings settings) {
        var model = settings.model();
        return switch (refusal.code()) {
            case "gated" ->
                refusal.problem(
                        "accept its licence at https://huggingface.co/%s%nthen give your token: export HF_TOKEN=…, or <hubTokenServer> and a server in settings.xml"
                                .formatted(model));
            case "gated-refused" ->
                refusal.problem("accept its licence at https://huggingface.co/%s with the account of this token"
                                .formatted(model))
                        .fix("give the token of another account: export HF_TOKEN=…");
            case "token-refused" ->
                refusal.problem("make a new one at https://huggingface.co/settings/tokens, then: export HF_TOKEN=…");
            case "absent" ->
                refusal.problem("check the spelling of <model>")
                        .fix("a private model needs a token that may read it: export HF_TOKEN=…");
            case "no-folder", "no-model-in-folder" ->
                refusal.problem("copy the model to this node; every node needs it at the same path")
                        .fix(
                                "mount the folder that holds it: <deploy><volumes><volume>~/models:/models:ro</volume>, then deploy");
            case "stalled" ->
                refusal.problem(
                        "launch again, it goes on where it stopped; on a slow line: -Dstrixhalo.serve.downloadStall=600");
            case "hub-unreachable", "hub-error" ->
                refusal.problem("see that the node reaches %s"
                                .formatted(
                                        settings.environment().getOrDefault("HF_ENDPOINT", "https://huggingface.co")))
                        .fix("a mirror is named by <environment><HF_ENDPOINT>https://…</HF_ENDPOINT></environment>");
            case "offline" ->
                refusal.problem(
                        "take HF_HUB_OFFLINE out of the environment, or bring the model into the node's Hugging Face cache");
            case "disk-full" -> refusal.problem("make room on the node: df -h ~/.cache/huggingface");
            default -> refusal.problem("choose a model that vLLM can serve");
        };
    }

    private String told() {
        var parts = new ArrayList<String>();
        long came = 0;
        for (var entry : outcomes.entrySet()) {
            long bytes = entry.getValue().path("bytes").asLong();
            came += bytes;
            if (bytes > 0) parts.add(entry.getKey() + " " + Amount.bytes(bytes));
        }
        return came == 0 ? "there on " + String.join(", ", outcomes.keySet()) : String.join(" · ", parts);
    }

    private static Optional<JsonNode> json(String text) {
        if (!text.startsWith("{")) return Optional.empty();
        try {
            return Optional.of(RecordFile.json().readTree(text));
        } catch (JsonProcessingException e) {
            // A library's own words on the same stream.
            return Optional.empty();
        }
    }
}
