package dev.strixhalo.serve;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What a node keeps in mind of a launch and tells whoever asks for its status; no secret is in it.
 *
 * @param cluster        name of the cluster
 * @param model          that is served
 * @param executor       by which executor
 * @param tensorParallel over how many ranks; 0 when no model was asked for
 * @param api            where the API listens on the head; null on other nodes and without a model
 * @param keyed          whether the API asks for a key
 * @param by             who launched it, user and machine
 * @param proof          how its ranks were seen to speak to each other; null until that is known
 */
record LaunchAbout(
        String cluster,
        @Nullable String model,
        String executor,
        int tensorParallel,
        @Nullable Api api,
        boolean keyed,
        String by,
        @Nullable LaunchProof proof) {
    /**
     * Where the API is, for a program on the head.
     *
     * @param address to connect to
     * @param port    its port
     * @param bind    the address that it listens on
     */
    record Api(String address, int port, String bind) {}

    /** The same, with what was proved of it. */
    LaunchAbout with(@Nullable LaunchProof found) {
        return new LaunchAbout(cluster, model, executor, tensorParallel, api, keyed, by, found);
    }

    /** Reads it from a node's status; nothing is demanded, since another version may have written it. */
    static LaunchAbout of(JsonNode json) {
        var api = json.path("api");
        return new LaunchAbout(
                json.path("cluster").asText(),
                json.path("model").isTextual() ? json.path("model").asText() : null,
                json.path("executor").asText(),
                json.path("tensorParallel").asInt(),
                api.isObject()
                        ? new Api(
                                api.path("address").asText(),
                                api.path("port").asInt(),
                                api.path("bind").asText())
                        : null,
                json.path("keyed").asBoolean(),
                json.path("by").asText(),
                LaunchProof.of(json.path("proof")).orElse(null));
    }
}
