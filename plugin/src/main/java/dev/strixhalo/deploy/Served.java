package dev.strixhalo.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.strixhalo.base.RecordFile;
import dev.strixhalo.host.NodeFacts;
import java.util.Optional;

/**
 * What the containers of a cluster serve, by the word that the node script left on the node's disk. A deploy that takes the
 * container away ends it, and has to say so before.
 *
 * @param what  the model, or that Ray alone was launched
 * @param by    who launched it, user and machine
 * @param since when it became ready; when it began if it is not
 * @param ready whether it has ever answered
 */
record Served(String what, String by, String since, boolean ready) {
    /** Reads {@code run/launch.json}; nothing is demanded of it, since another version may have written it. */
    static Optional<Served> of(NodeFacts facts) {
        if (facts.launch().isEmpty()) return Optional.empty();
        try {
            var json = RecordFile.json().readTree(facts.launch().get());
            var about = json.path("about");
            boolean ready = json.path("ready").isTextual();
            var since = json.path(ready ? "ready" : "begun").asText();
            return Optional.of(new Served(
                    about.path("model").asText("Ray alone"),
                    about.path("by").asText("somebody"),
                    since.length() < 19
                            ? "an unknown time"
                            : since.substring(0, 19).replace('T', ' ') + " UTC",
                    ready));
        } catch (JsonProcessingException e) {
            // Something was launched there, whatever it is.
            return Optional.of(new Served("something", "somebody", "an unknown time", false));
        }
    }

    @Override
    public String toString() {
        return "%s, %s since %s, launched by %s".formatted(what, ready ? "ready" : "under way", since, by);
    }
}
