package dev.strixhalo.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.rdma.Expectation;
import java.time.Duration;

/**
 * As much of a model's size as tells what its ranks have to say to each other.
 *
 * @param layers        of it; 0 when the size is not known
 * @param hidden        width between the layers; 0 when the size is not known
 * @param bytesPerValue of what travels between the ranks; 0 when the size is not known
 * @param unknown       why the size is not known, a part of a sentence; empty when it is
 */
public record ModelSize(int layers, int hidden, int bytesPerValue, String unknown) {
    private static final Duration LOOK = Duration.ofSeconds(60);

    /** A size that nobody knows. */
    static ModelSize unknown(String why) {
        return new ModelSize(0, 0, 0, why);
    }

    /** Asks the head, where vLLM has found the model, too. */
    static ModelSize look(NodeScript head, ServeSettings settings) throws StrixhaloException {
        var answer = head.ask("model", "", LOOK, settings.model());
        if (!answer.ok()) return unknown(answer.json().path("message").asText().replaceAll("\\.$", ""));
        return of(answer.json(), settings);
    }

    /** Makes it of the node script's answer and of the type that was asked for. */
    static ModelSize of(JsonNode answer, ServeSettings settings) {
        int layers = answer.path("layers").asInt(0);
        int hidden = answer.path("hidden").asInt(0);
        if (layers < 1) return unknown("the model's config.json names no number of layers");
        if (hidden < 1) return unknown("the model's config.json names no hidden size");
        var type = dtype(settings);
        return switch (type) {
            case "float32", "float" -> new ModelSize(layers, hidden, 4, "");
            // With auto vLLM computes in 16 bits whatever the weights are.
            case "auto", "float16", "half", "bfloat16" -> new ModelSize(layers, hidden, 2, "");
            default -> unknown("how many bytes a value of type %s has is not known here".formatted(type));
        };
    }

    /** What an answer of so many tokens moves at least. */
    Expectation expect(int tokens) {
        return unknown.isEmpty() ? Expectation.of(layers, hidden, bytesPerValue, tokens) : Expectation.unknown(unknown);
    }

    /** {@code <arguments>} come last and so win over {@code <dtype>}. */
    private static String dtype(ServeSettings settings) {
        var type = settings.dtype();
        var arguments = settings.arguments();
        for (int i = 0; i < arguments.size(); i++) {
            var word = arguments.get(i);
            if (word.startsWith("--dtype=")) type = word.substring("--dtype=".length());
            else if (word.equals("--dtype") && i + 1 < arguments.size()) type = arguments.get(i + 1);
        }
        return type;
    }
}
