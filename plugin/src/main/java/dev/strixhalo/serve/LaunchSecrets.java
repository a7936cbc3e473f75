package dev.strixhalo.serve;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.Secret;
import dev.strixhalo.base.StrixhaloException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a launch hands to the nodes on standard input and nowhere else.
 *
 * @param apiKey   every request to the API has to carry it; null when the API asks for none
 * @param hubToken of Hugging Face, for gated models; null when there is none
 * @param rayToken made for this launch alone: Ray runs code of whoever holds it
 */
public record LaunchSecrets(
        @Nullable Secret apiKey, @Nullable Secret hubToken, Secret rayToken) {
    static final String API_KEY = "api-key";
    static final String HUB_TOKEN = "hub-token";
    static final String RAY_TOKEN = "ray-token";
    private static final int SHORTEST_KEY = 8;

    /** Secrets of the user with a new token for Ray. */
    public static LaunchSecrets of(@Nullable Secret apiKey, @Nullable Secret hubToken, SecureRandom random)
            throws StrixhaloException {
        if (apiKey != null && apiKey.reveal().length() < SHORTEST_KEY) {
            throw Problem.of("The API key is shorter than %d characters.".formatted(SHORTEST_KEY))
                    .fix("for example the output of: openssl rand -hex 24")
                    .asException();
        }
        var bytes = new byte[32];
        random.nextBytes(bytes);
        return new LaunchSecrets(
                apiKey, hubToken, Secret.of("token for Ray", HexFormat.of().formatHex(bytes)));
    }

    /** By the names under which the node script keeps them. */
    Map<String, Secret> byName() {
        var all = new LinkedHashMap<String, Secret>();
        if (apiKey != null) all.put(API_KEY, apiKey);
        if (hubToken != null) all.put(HUB_TOKEN, hubToken);
        all.put(RAY_TOKEN, rayToken);
        return all;
    }
}
