package dev.strixhalo.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.RecordFile;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The models of a node's cache of Hugging Face. A launch loads the commit that {@code refs/main} names there, whatever the
 * hub has by now.
 *
 * @param commits  by name, {@code ORG/NAME}
 * @param launched the model that the cluster's last launch named; empty when there was none
 */
public record Models(Map<String, String> commits, String launched) {
    /** {@code …/hub/models--ORG--NAME/refs/main:COMMIT}, as huggingface_hub lays its cache out. */
    private static final Pattern LINE = Pattern.compile(".*/models--([^/]+)/refs/main:\\s*([0-9a-f]{40})\\s*");

    public Models {
        commits = Map.copyOf(commits);
    }

    static Reading<Models> parse(LookOutput output) {
        return output.whatever("models", "grep", answer -> {
            var commits = new TreeMap<String, String>();
            for (var line : answer.lines()) {
                var match = LINE.matcher(line);
                // Names of organisations hold no "--", those of models may.
                if (match.matches()) commits.put(match.group(1).replaceFirst("--", "/"), match.group(2));
            }
            return commits.isEmpty()
                    ? Reading.absent("no model of Hugging Face lies there yet")
                    : Reading.of(new Models(commits, launched(output)));
        });
    }

    private static String launched(LookOutput output) {
        var text = output.find("launch").map(LookOutput.Answer::text).orElse("");
        if (text.isEmpty()) return "";
        try {
            return RecordFile.json().readTree(text).path("about").path("model").asText("");
        } catch (JsonProcessingException e) {
            // Which model it was stays open; then all that two nodes have are compared alike.
            return "";
        }
    }
}
