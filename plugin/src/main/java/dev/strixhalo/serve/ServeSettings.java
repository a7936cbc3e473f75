package dev.strixhalo.serve;

import dev.strixhalo.base.Problem;
import dev.strixhalo.base.StrixhaloException;
import dev.strixhalo.cluster.Cluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a model is to be served.
 *
 * @param model                a name of the Hugging Face hub, or an absolute path that every node has
 * @param executor             how the ranks find each other
 * @param tensorParallelSize   over how many GPUs each layer is split
 * @param port                 of the API on the head
 * @param bind                 address of the API on the head
 * @param contextLength        longest prompt and answer together, in tokens; null is the model's own
 * @param eager                without graph capture, which is unstable over two of these machines (setup guide, 6.2)
 * @param dtype                of weights and activations; {@code auto} is the model's own
 * @param gpuMemoryUtilization share of GPU memory that vLLM may take; above 0.90 unified memory is overcommitted
 * @param attentionBackend     of vLLM; null lets vLLM choose
 * @param maxNumSeqs           how many requests run at once; null is vLLM's own
 * @param trustRemoteCode      whether Python code that comes with the model may run
 * @param eraseCache           whether vLLM's and Triton's caches are emptied on all nodes first
 * @param arguments            more arguments for {@code vllm serve}; they come last and so win
 * @param environment          more variables for Ray and vLLM on all nodes; they win over ours
 * @param allowAnonymous       whether an API that others can reach may do without a key
 * @param allowOldRay          whether a Ray without token authentication (before 2.52) is good enough
 * @param requireRdma          whether a launch over an RDMA link fails unless RDMA is proved
 * @param timeouts             of everything that is waited for
 * @param ray                  options of {@code ray start}
 */
public record ServeSettings(
        String model,
        ExecutorKind executor,
        int tensorParallelSize,
        int port,
        String bind,
        @Nullable Integer contextLength,
        boolean eager,
        String dtype,
        double gpuMemoryUtilization,
        @Nullable String attentionBackend,
        @Nullable Integer maxNumSeqs,
        boolean trustRemoteCode,
        boolean eraseCache,
        List<String> arguments,
        Map<String, String> environment,
        boolean allowAnonymous,
        boolean allowOldRay,
        boolean requireRdma,
        Timeouts timeouts,
        RayOptions ray) {
    private static final Pattern HUB_NAME =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,95}(/[A-Za-z0-9][A-Za-z0-9._-]{0,95})?");
    private static final String NO_MODEL = "none";
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})");
    // Values that must not be seen; an environment is shown by ps and /proc.
    private static final Set<String> SECRETS =
            Set.of("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_HUB_TOKEN", "VLLM_API_KEY", "RAY_AUTH_TOKEN");
    // Arguments that are parameters here: said twice, two places would disagree about what runs.
    private static final Map<String, String> OWN_ARGUMENTS = Map.of(
            "--host", "<bind>",
            "--port", "<port>",
            "--tensor-parallel-size", "<tensorParallelSize>",
            "-tp", "<tensorParallelSize>",
            "--distributed-executor-backend", "<executor>",
            "--api-key", "the API key from settings.xml or $STRIXHALO_API_KEY",
            "--hf-token", "the token from settings.xml or $HF_TOKEN",
            "--nnodes", "<executor>mp</executor>",
            "--node-rank", "<executor>mp</executor>",
            "--master-addr", "<executor>mp</executor>");

    public ServeSettings {
        arguments = List.copyOf(arguments);
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }

    /**
     * Everything that is waited for.
     *
     * @param downloadStall without a byte of a download
     * @param start         of vLLM, from its command to its first answer, the download not counted
     * @param join          until all nodes are members of Ray
     * @param answer        of one completion
     */
    public record Timeouts(Duration downloadStall, Duration start, Duration join, Duration answer) {}

    /**
     * Options of {@code ray start}, the same on every node.
     *
     * @param cpus        what Ray may schedule, not what it may use
     * @param objectStore bytes of shared memory for Ray's object store; null lets Ray choose (30 % of memory)
     */
    public record RayOptions(int cpus, @Nullable Long objectStore) {}

    /**
     * Makes settings of what was written down.
     *
     * @throws StrixhaloException with everything that is wrong with it
     */
    public static ServeSettings of(ServeDescription written, Cluster cluster, Launch.Until until)
            throws StrixhaloException {
        var problems = new ArrayList<Problem>();
        var model = written.model() == null ? "" : written.model().strip();
        if (model.isEmpty() && until == Launch.Until.RAY) {
            // Ray alone: nothing is served, and nothing has to be said of it.
            model = NO_MODEL;
        } else if (model.isEmpty()) {
            problems.add(
                    Problem.of("There is no <model>: what is to be served is not said.")
                            .fix(
                                    "<serve><model>meta-llama/Meta-Llama-3.1-8B-Instruct</model></serve>, or -Dstrixhalo.serve.model=…"));
        } else if (!model.startsWith("/") && !HUB_NAME.matcher(model).matches()) {
            problems.add(Problem.of("<model> is '%s', which is neither a name of the hub nor an absolute path."
                            .formatted(model))
                    .fix("for example facebook/opt-125m, or /models/mine, a folder that every node's container has"));
        }
        var executor = written.executor() == null ? ExecutorKind.RAY : ExecutorKind.parse(written.executor(), problems);
        int gpus = cluster.nodes().size();
        int size = written.tensorParallelSize() == null ? gpus : written.tensorParallelSize();
        if (size < 1 || size > gpus) {
            problems.add(Problem.of("<tensorParallelSize> is %d, but the cluster has %d %s."
                            .formatted(size, gpus, gpus == 1 ? "GPU" : "GPUs"))
                    .found("%d %s with one GPU each".formatted(gpus, gpus == 1 ? "node" : "nodes"))
                    .fix("1 to %d; leave it out and it is %d".formatted(gpus, gpus)));
        }
        int port = within("port", written.port(), 8000, 1, 65535, problems);
        var bind = written.bind() == null ? "127.0.0.1" : written.bind().strip();
        if (!isAddress(bind)) {
            problems.add(Problem.of("<bind> is '%s', which is no IPv4 address.".formatted(bind))
                    .fix("127.0.0.1 (default), 0.0.0.0 for all interfaces of the head, or one address of the head"));
        }
        if (written.contextLength() != null)
            within("contextLength", written.contextLength(), 0, 1, 100_000_000, problems);
        if (written.maxNumSeqs() != null) within("maxNumSeqs", written.maxNumSeqs(), 0, 1, 100_000, problems);
        double share = written.gpuMemoryUtilization() == null ? 0.90 : written.gpuMemoryUtilization();
        if (!(share > 0 && share <= 1)) {
            problems.add(Problem.of("<gpuMemoryUtilization> is %s, which is no share of the memory.".formatted(share))
                    .fix("above 0, up to 1; more than 0.90 overcommits unified memory"));
        }
        var dtype = word("dtype", written.dtype(), "auto", problems);
        // An empty element lets vLLM choose.
        var attention = written.attentionBackend() == null
                ? "TRITON_ATTN"
                : written.attentionBackend().strip();
        if (!attention.isEmpty()) attention = word("attentionBackend", attention, attention, problems);
        var arguments = arguments(written.arguments() == null ? List.of() : written.arguments(), problems);
        var environment = environment(written.environment() == null ? Map.of() : written.environment(), problems);
        var timeouts = new Timeouts(
                seconds("downloadStall", written.downloadStall(), 120, problems),
                seconds("startTimeout", written.startTimeout(), 900, problems),
                seconds("joinTimeout", written.joinTimeout(), 120, problems),
                seconds("answerTimeout", written.answerTimeout(), 120, problems));
        int cpus = within("rayCpus", written.rayCpus(), 8, 1, 4096, problems);
        if (written.rayObjectStore() != null && written.rayObjectStore() < 80_000_000) {
            // Ray's own lower limit is 75 MiB.
            problems.add(Problem.of(
                            "<rayObjectStore> is %d bytes, less than Ray accepts.".formatted(written.rayObjectStore()))
                    .fix("80000000 or more; leave it out and Ray takes 30 % of the memory"));
        }
        if (!problems.isEmpty()) throw new StrixhaloException(problems, null, null);
        return new ServeSettings(
                model,
                executor,
                size,
                port,
                bind,
                written.contextLength(),
                written.eager() == null || written.eager(),
                dtype,
                share,
                attention.isEmpty() ? null : attention,
                written.maxNumSeqs(),
                Boolean.TRUE.equals(written.trustRemoteCode()),
                Boolean.TRUE.equals(written.eraseCache()),
                arguments,
                environment,
                Boolean.TRUE.equals(written.allowAnonymous()),
                Boolean.TRUE.equals(written.allowOldRay()),
                written.requireRdma() == null || written.requireRdma(),
                timeouts,
                new RayOptions(cpus, written.rayObjectStore()));
    }

    /** Whether the model is a folder on the nodes and nothing has to be downloaded. */
    public boolean localModel() {
        return model.startsWith("/");
    }

    /** Whether only programs on the head itself can reach the API. */
    public boolean loopback() {
        return bind.startsWith("127.");
    }

    /** Where a program on the head reaches the API. */
    public String nearAddress() {
        return bind.equals("0.0.0.0") ? "127.0.0.1" : bind;
    }

    private static int within(
            String name, @Nullable Integer value, int otherwise, int least, int most, List<Problem> problems) {
        if (value == null) return otherwise;
        if (value < least || value > most) {
            problems.add(Problem.of("<%s> is %d.".formatted(name, value)).fix("%d to %d".formatted(least, most)));
        }
        return value;
    }

    private static Duration seconds(String name, @Nullable Integer value, int otherwise, List<Problem> problems) {
        return Duration.ofSeconds(within(name, value, otherwise, 1, 86_400, problems));
    }

    private static String word(String name, @Nullable String value, String otherwise, List<Problem> problems) {
        if (value == null) return otherwise;
        if (!WORD.matcher(value.strip()).matches()) {
            problems.add(Problem.of("<%s> is '%s'.".formatted(name, value))
                    .fix("one word, for example <%s>%s</%s>"
                            .formatted(name, otherwise.isEmpty() ? "auto" : otherwise, name)));
        }
        return value.strip();
    }

    private static List<String> arguments(List<String> written, List<Problem> problems) {
        var arguments = new ArrayList<String>();
        for (var argument : written) {
            // <argument/> leaves a null in Maven's list.
            var text = argument == null ? "" : argument.strip();
            if (text.isEmpty()) {
                problems.add(Problem.of("<arguments> holds an empty <argument>.")
                        .fix("one word of the command line in each"));
                continue;
            }
            var own = OWN_ARGUMENTS.get(text.split("=", 2)[0].replace('_', '-'));
            if (own != null) {
                problems.add(Problem.of(
                                "<arguments> says %s, which this plugin says itself.".formatted(text.split("=", 2)[0]))
                        .fix("use " + own));
            }
            arguments.add(text);
        }
        return arguments;
    }

    private static Map<String, String> environment(Map<String, String> written, List<Problem> problems) {
        var environment = new LinkedHashMap<String, String>();
        written.forEach((name, value) -> {
            if (!VARIABLE.matcher(name).matches()) {
                problems.add(Problem.of("<environment> names a variable '%s'.".formatted(name))
                        .fix("letters, digits and '_', not beginning with a digit"));
            } else if (SECRETS.contains(name)) {
                problems.add(
                        Problem.of("<environment> sets %s, which others on the node could read there.".formatted(name))
                                .fix(
                                        "keep it in a server of settings.xml, or in the environment of Maven; it travels to the nodes unseen"));
            } else {
                environment.put(name, value == null ? "" : value);
            }
        });
        return environment;
    }

    private static boolean isAddress(String text) {
        var match = IPV4.matcher(text);
        if (!match.matches()) return false;
        for (int i = 1; i <= 4; i++) {
            if (Integer.parseInt(match.group(i)) > 255) return false;
        }
        return true;
    }
}
