package dev.strixhalo.serve;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a node's status says of an earlier launch.
 *
 * @param id    of that launch; empty when there is none
 * @param what  it is for, in a few words
 * @param by    who made it
 * @param since when it became ready, else when it began
 * @param ready whether it has ever answered
 * @param alive whether it must not be touched: it serves, or somebody is making it right now
 */
record Remains(String id, String what, String by, String since, boolean ready, boolean alive) {
    static Remains of(JsonNode status) {
        if (!status.path("launch").isTextual()) return new Remains("", "", "", "", false, false);
        var about = LaunchAbout.of(status.path("about"));
        boolean ready = status.path("ready").isTextual();
        boolean all = true;
        for (var part : status.path("parts")) {
            if (!part.path("name").asText().equals(Weights.PART))
                all &= part.path("state").asText().equals("running");
        }
        for (var rank : status.path("ranks")) all &= rank.path("ended").isNull();
        // Ready: it serves as long as nothing of it ended. Not ready: somebody makes it as long as somebody listens.
        boolean alive = ready ? all : status.path("followers").asInt() > 0;
        return new Remains(
                status.path("launch").asText(),
                about.model() == null ? "Ray alone" : about.model(),
                about.by(),
                readable(status.path(ready ? "ready" : "begun").asText()),
                ready,
                alive);
    }

    /** {@code 2026-11-23 14:02:03 UTC} of an ISO time. */
    private static String readable(String time) {
        return time.length() < 19 ? "an unknown time" : time.substring(0, 19).replace('T', ' ') + " UTC";
    }

    boolean nothing() {
        return id.isEmpty();
    }
}
