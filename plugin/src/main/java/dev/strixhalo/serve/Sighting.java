package dev.strixhalo.serve;

import com.fasterxml.jackson.databind.JsonNode;
import dev.strixhalo.cluster.Node;

/** Something that a node showed while a launch was under way. */
sealed interface Sighting {
    Node node();

    /**
     * A part said a line.
     *
     * @param node where
     * @param part which
     * @param text what
     */
    record Line(Node node, String part, String text) implements Sighting {}

    /**
     * Something happened to a part or to a rank.
     *
     * @param node  where
     * @param event {@code part-started}, {@code part-exited}, {@code rank-seen}, {@code rank-gone}, {@code stopping}, …
     * @param more  what the node script told with it
     */
    record Event(Node node, String event, JsonNode more) implements Sighting {}

    /**
     * Nothing more is to be heard from a node.
     *
     * @param node where
     * @param why  in the words of the connection; empty when the node script ended its stream by itself
     */
    record Silence(Node node, String why) implements Sighting {}

    /** Reads one line of the node script's {@code follow}. */
    static Sighting of(Node node, JsonNode json) {
        if (json.has("text"))
            return new Line(node, json.path("part").asText(), json.path("text").asText());
        return new Event(node, json.path("event").asText(), json);
    }
}
