package dev.strixhalo.serve;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An answer that really came.
 *
 * @param model      that gave it
 * @param text       what it said
 * @param tokens     how many tokens that were
 * @param tokenIds   which; empty when the API does not tell
 * @param firstToken seconds until the first one
 * @param total      seconds until the last one
 */
public record Completion(
        String model, String text, int tokens, List<Integer> tokenIds, double firstToken, double total) {
    static Completion of(JsonNode json) {
        var ids = new ArrayList<Integer>();
        json.path("tokenIds").forEach(id -> ids.add(id.asInt()));
        return new Completion(
                json.path("model").asText(),
                json.path("text").asText(),
                json.path("tokens").asInt(),
                List.copyOf(ids),
                json.path("firstToken").asDouble(),
                json.path("total").asDouble());
    }

    /** {@code "The capital of France is Paris." first token 0.21 s, 24 tok/s}. */
    String told() {
        var rest = total - firstToken;
        var rate = tokens > 1 && rest > 0 ? String.format(Locale.ROOT, ", %.0f tok/s", (tokens - 1) / rest) : "";
        return String.format(
                Locale.ROOT, "\"%s\" first token %.2f s%s", text.strip().replaceAll("\\s+", " "), firstToken, rate);
    }
}
