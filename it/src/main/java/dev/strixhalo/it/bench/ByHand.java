package dev.strixhalo.it.bench;

import static dev.strixhalo.it.stage.Mismatch.unless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.strixhalo.it.bed.Machine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The launch of somebody who types it: {@code ray start} on both nodes, then {@code vllm serve}, in the same containers by SSH
 * and {@code podman exec}. Words and environment of each are read off the processes that a launch of ours had started, so
 * they are the same by construction; only the secrets lie in files instead of in our node script's memory.
 */
final class ByHand {
    private static final String FOLDER = "/run/strixhalo/by-hand/";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** Runs in a container where a launch of ours is up; prints what it had started, and copies the secrets. */
    private static final String WATCH = """
            import glob, json, os, shutil
            def words(path):
                with open(path, "rb") as file:
                    return [word.decode() for word in file.read().split(b"\\0")[:-1]]
            here = "/run/strixhalo/by-hand/"
            os.makedirs(here, mode=0o700, exist_ok=True)
            for secret in os.listdir("/run/strixhalo/secrets"):
                shutil.copyfile("/run/strixhalo/secrets/" + secret, here + secret)
                os.chmod(here + secret, 0o600)
            parts = {}
            for process in sorted(glob.glob("/proc/[0-9]*"), key=lambda path: int(path[6:])):
                try:
                    argv, environment = words(process + "/cmdline"), words(process + "/environ")
                except OSError:
                    continue  # it has ended since
                for part, verb in (("ray", "start"), ("vllm", "serve")):
                    if len(argv) > 2 and os.path.basename(argv[1]) == part and argv[2] == verb:
                        parts.setdefault(part, {"argv": argv, "environment": environment})
            print(json.dumps(parts))
            """;

    /** The API key comes on standard input; the last thing said is the answer. */
    private static final String TYPED = """
            set -eu
            in=$1 here=$2
            key=$(cat)
            ssh node1 podman exec --detach "$in" sh "${here}ray"
            ssh node2 podman exec --detach "$in" sh "${here}ray"
            until ssh node1 podman exec "$in" sh "${here}status" | grep -q '/2.0 GPU'; do sleep 0.5; done
            echo "Ray is up on both nodes"
            ssh node1 podman exec --detach "$in" sh "${here}vllm"
            until printf 'header = "Authorization: Bearer %s"\\n' "$key" | ssh node1 \\
                "curl -sf -m 60 -K - -H 'Content-Type: application/json' -d '$3' http://127.0.0.1:8000/v1/completions"
            do sleep 0.5; done
            """;

    /** As long as the answer that a launch of ours asks for. */
    private static final String QUESTION =
            "{\"model\":\"/models/tiny\",\"prompt\":\"hello world\",\"max_tokens\":16,\"temperature\":0}";

    private final Course course;
    private final String container;

    private ByHand(Course course, String container) {
        this.course = course;
        this.container = container;
    }

    /** Looks at the launch that is up, and lays ready what somebody will type. */
    static ByHand watch(Course course, String container) throws Exception {
        var hand = new ByHand(course, container);
        for (var node : course.nodes()) {
            var said = hand.inside(node, "", List.of("python3", "-c", WATCH));
            var parts = new ObjectMapper().readTree(said);
            unless(parts.has("ray"), node.name() + " runs no 'ray start': " + said);
            var ray = parts.path("ray");
            hand.write(node, "ray", words(ray.path("argv")), ray);
            hand.write(node, "status", List.of("ray", "status"), ray);
            boolean head = node.equals(course.nodes().get(0));
            unless(
                    parts.has("vllm") == head,
                    node.name() + ": 'vllm serve' runs on the head and nowhere else: " + said);
            if (head) hand.write(node, "vllm", words(parts.at("/vllm/argv")), parts.path("vllm"));
        }
        return hand;
    }

    /** Types it, and comes back with the first completion. */
    RawLog.Timed launch() throws Exception {
        var typed = course.stage()
                .operator()
                .program(List.of("bash", "-c", TYPED, "bash", container, FOLDER, QUESTION))
                .stdin(course.stage().apiKey())
                .timeout(PATIENCE);
        var done = course.run("launch-rival", typed);
        unless(
                done.result().text().contains("\"choices\""),
                "no completion: " + done.result().text());
        return done;
    }

    /** Keeps one command in a script; what it says goes where a launch of ours lets it go, to a file. */
    private void write(Machine node, String name, List<String> argv, JsonNode like) throws Exception {
        var words = new ArrayList<>(List.of("env", "-i"));
        words.addAll(words(like.path("environment")));
        words.addAll(argv);
        var script = new StringBuilder("exec");
        for (var word : words) {
            script.append(' ').append(quoted(word.replace("/run/strixhalo/secrets/", FOLDER)));
        }
        // `ray status` is read by whoever asks.
        if (!name.equals("status"))
            script.append(" >/var/log/strixhalo/by-hand-").append(name).append(".log 2>&1");
        inside(node, script + "\n", List.of("sh", "-c", "cat >" + FOLDER + name));
    }

    private String inside(Machine node, String stdin, List<String> argv) throws Exception {
        var words = new ArrayList<>(List.of("podman", "exec", "--interactive", container));
        words.addAll(argv);
        return node.program(words).stdin(stdin).run().orFail().text();
    }

    private static List<String> words(JsonNode array) {
        var words = new ArrayList<String>();
        array.forEach(word -> words.add(word.asText()));
        return words;
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }
}
