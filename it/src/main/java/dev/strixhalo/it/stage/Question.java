package dev.strixhalo.it.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.base.Program;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.it.bed.Machine;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A question to the model, asked as a user does: through {@code ssh -L} from the operator's machine, with curl. */
public final class Question {
    /** The tunnel is open when ssh goes into the background, and closed again by its control socket. */
    private static final String ASK = """
            set -eu
            at=$(mktemp -d)
            ssh -f -N -M -S "$at/control" -o ExitOnForwardFailure=yes -L 18000:127.0.0.1:8000 node1 >"$at/said" 2>&1 ||
                { cat "$at/said" >&2; exit 1; }
            trap 'ssh -S "$at/control" -O exit node1 2>/dev/null; rm -r "$at"' EXIT
            printf 'header = "Authorization: Bearer %s"\\n' "$(cat)" |
                curl -sS -m 60 -K - -H 'Content-Type: application/json' -w '\\n%{http_code}\\n' \\
                    -d "$1" http://127.0.0.1:18000/v1/completions
            """;

    private Question() {}

    /**
     * What came back.
     *
     * @param status of HTTP
     * @param tokens the answer's token ids; empty unless the status is 200
     */
    public record Answer(int status, List<Integer> tokens, String body) {}

    /** Asks for a number of greedy tokens. */
    public static Answer ask(Machine operator, String key, int tokens)
            throws StrixhaloException, IOException, Mismatch {
        var question = "{\"model\":\"/models/tiny\",\"prompt\":\"hello world\",\"max_tokens\":%d,\"temperature\":0,"
                + "\"return_token_ids\":true}";
        Program.Result said = operator.program(List.of("sh", "-c", ASK, "sh", question.formatted(tokens)))
                .stdin(key)
                .timeout(Duration.ofSeconds(90))
                .run();
        Mismatch.unlessGood(said);
        var lines = said.out();
        int status = Integer.parseInt(lines.get(lines.size() - 1));
        var body = String.join("\n", lines.subList(0, lines.size() - 1));
        if (status != 200) return new Answer(status, List.of(), body);
        JsonNode choice = new ObjectMapper().readTree(body).at("/choices/0");
        var ids = new java.util.ArrayList<Integer>();
        choice.path("token_ids").forEach(id -> ids.add(id.asInt()));
        return new Answer(status, List.copyOf(ids), body);
    }
}
