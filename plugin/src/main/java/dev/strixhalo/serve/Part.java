package dev.strixhalo.serve;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.strixhalo.base.RecordFile;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A program that the node script is to start and own.
 *
 * @param name        in status and logs: {@code ray} or {@code vllm}
 * @param argv        what runs
 * @param environment on top of the container's own
 * @param grace       how long it may take to end when it is asked to
 * @param ranks       regular expression of the process titles of ranks among its children; null when it has none
 * @param noise       regular expression of lines that nobody wants in the logs; null when there are none
 */
record Part(
        String name,
        List<String> argv,
        Map<String, String> environment,
        Duration grace,
        @Nullable String ranks,
        @Nullable String noise) {
    Part {
        argv = List.copyOf(argv);
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }

    ObjectNode json() {
        var json = RecordFile.json().createObjectNode();
        json.put("name", name);
        var words = json.putArray("argv");
        argv.forEach(words::add);
        var variables = json.putObject("environment");
        environment.forEach(variables::put);
        json.put("grace", grace.toSeconds());
        if (ranks != null) json.put("ranks", ranks);
        if (noise != null) json.put("noise", noise);
        return json;
    }
}
